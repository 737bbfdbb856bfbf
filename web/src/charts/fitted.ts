/** How a thing is held stands last, and tells twins apart. */
const LONGEST_TAIL = 14;

/** Cut to about `width` pixels of the charts' 12 px type; a short part after a comma is kept. */
export function fitted(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / 6.6));
  if (text.length <= most) return text;
  const comma = text.lastIndexOf(", ");
  const isKept = comma > 0 && text.length - comma <= Math.min(LONGEST_TAIL, most / 2);
  const tail = isKept ? text.slice(comma) : "";
  return `${text.slice(0, most - tail.length - 1).trimEnd()}…${tail}`;
}

/** Push labels apart so that none lies on another, as near to their places as can be. */
export function spread(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  const step = Math.min(gap, order.length > 1 ? (high - low) / (order.length - 1) : gap);
  let floor = low;
  for (const each of order) {
    each.at = Math.max(each.at, floor);
    floor = each.at + step;
  }
  let ceiling = high;
  for (const each of order.toReversed()) {
    each.at = Math.min(each.at, ceiling);
    ceiling = each.at - step;
  }
  const placed = new Array<number>(wanted.length).fill(0);
  for (const { at, index } of order) placed[index] = at;
  return placed;
}

/** Numbers as people write and read them. */

const SUFFIXES: Record<string, number> = { "": 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };
const WRITTEN = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmbgt]?)%?$/i;

/** `2.5M`, `10k`, `1,000,000`, `2,5 M`, `1e9`; `null` where it is no number. */
export function parseAmount(text: string): number | null {
  const plain = withPoint(text.replace(/[\s_'$]/g, ""));
  const found = WRITTEN.exec(plain);
  if (!found) return null;
  const value = Number(found[1]) * (SUFFIXES[(found[2] ?? "").toLowerCase()] ?? 1);
  return Number.isFinite(value) ? round(value, 12) : null;
}

/** Commas part thousands where they can; a single one elsewhere is a decimal point. */
function withPoint(text: string): string {
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?\D*$/.test(text)) return text.replaceAll(",", "");
  return text.replace(",", ".");
}

/** Kept to so many digits, so that what is shown is what is sent. */
export function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** `2.5M`; every digit is kept, so that it reads back the same. */
export function exactAmount(value: number): string {
  return scaled(value, (each) => String(round(each, 12)));
}

/** `2.51M`: three digits, for reading. */
export function amount(value: number): string {
  return scaled(round(value, 3), (each) => String(round(each, 3)));
}

function scaled(value: number, written: (value: number) => string): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-3 && size > 0)) return value.toExponential(2);
  if (size >= 1e12) return `${written(value / 1e12)}T`;
  if (size >= 1e9) return `${written(value / 1e9)}B`;
  if (size >= 1e6) return `${written(value / 1e6)}M`;
  if (size >= 1e4) return `${written(value / 1e3)}k`;
  return written(value);
}

const CENTS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const WHOLE = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 0,
});

/** To the cent below $1,000, to the dollar above, short from a million. Unknown stays unknown. */
export function usd(value: string | number | null): string {
  if (value === null) return "unknown";
  const number = Number(value);
  const size = Math.abs(number);
  if (size >= 1e6) return `${number < 0 ? "−" : ""}$${amount(size)}`;
  const written = size < 1000 ? CENTS.format(number) : WHOLE.format(number);
  return written.replace("-", "−");
}

/** To the cent, whatever its size. */
export function exactUsd(value: string | null): string {
  return value === null ? "unknown" : CENTS.format(Number(value));
}

/** `$2.5M` on an axis. */
export function shortUsd(value: number): string {
  const size = Math.abs(value);
  const written = size >= 1e3 && size < 1e4 ? `${round(size / 1e3, 3)}k` : amount(size);
  return `${value < 0 ? "−" : ""}$${written}`;
}

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 1) return "< 1 %";
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : round(value, 2)} %`;
}

export function seconds(value: number): string {
  return value < 1 ? `${round(value * 1000, 3)} ms` : `${round(value, 3)} s`;
}

/** Months from now, in words. */
export function months(value: number): string {
  return value < 24 ? `${round(value, 3)} months` : `${round(value / 12, 2)} years`;
}

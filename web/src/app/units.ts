/** The units of uncertain inputs, as the catalogue names them, in words. */

import { amount, percent, shortUsd } from "./amounts.ts";

interface Unit {
  /** Beside a box. */
  text: string;
  /** A box shows the value times this. */
  scale: number;
  written: (value: number) => string;
}

const UNITS: Record<string, Unit> = {
  factor: { text: "×", scale: 1, written: (value) => `× ${amount(value)}` },
  hours_per_month: { text: "h/month", scale: 1, written: (value) => `${amount(value)} h` },
  years: { text: "years", scale: 1, written: (value) => `${amount(value)} years` },
  usd: { text: "$", scale: 1, written: shortUsd },
  usd_per_hour: { text: "$/h", scale: 1, written: (value) => `${shortUsd(value)}/h` },
  usd_per_kwh: { text: "$/kWh", scale: 1, written: (value) => `${shortUsd(value)}/kWh` },
  usd_per_month: { text: "$/month", scale: 1, written: shortUsd },
  share_of_price: { text: "% of price", scale: 100, written: percent },
  share_of_spend: { text: "% of spend", scale: 100, written: percent },
  share_per_year: { text: "% a year", scale: 100, written: percent },
};

export function unitOf(name: string): Unit {
  const text = name.replaceAll("_", " ");
  return UNITS[name] ?? { text, scale: 1, written: (value) => `${amount(value)} ${text}` };
}

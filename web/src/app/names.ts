/** What an option is called: some have one name and are held in different ways. */

import { tenureName } from "./machine.ts";
import type { OptionReport } from "./report.ts";

/** May be chosen at this volume, and its price is known. */
export function isInPlay({ is_allowed, is_elsewhere, usd_per_month }: OptionReport): boolean {
  return is_allowed && !is_elsewhere && usd_per_month !== null;
}

export function titleOf({ name, tenure, kind }: OptionReport): string {
  return tenure && kind === "own" ? `${name}, ${tenureName(tenure)}` : name;
}

/** What an option is called: some have one name and are held in different ways. */

import { tenureName } from "./machine.ts";
import type { OptionReport } from "./report.ts";

export function titleOf({ name, tenure, kind }: OptionReport): string {
  return tenure && kind === "own" ? `${name}, ${tenureName(tenure)}` : name;
}

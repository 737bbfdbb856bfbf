/** How options are told apart: a letter, a colour and a dash, always the same for one comparison. */

import type { OptionReport } from "../app/report.ts";

export interface Mark {
  letter: string;
  /** Class of the colour: `c0` … `c7`. */
  colour: string;
  dash: string | undefined;
}

const COLOURS = 8;
const DASHES = [undefined, "7 3", "2 3", "10 3 2 3"];

/** Marks by option id. They hang on the set of ids alone, so they stay while numbers move. */
export function marksOf(options: readonly OptionReport[]): Map<string, Mark> {
  const ids = options.map((option) => option.id).sort();
  return new Map(ids.map((id, index) => [id, mark(index)]));
}

function mark(index: number): Mark {
  return {
    letter: letters(index),
    colour: `c${index % COLOURS}`,
    dash: DASHES[Math.floor(index / COLOURS) % DASHES.length],
  };
}

function letters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

/** From the places of a scan to those of the text on the page, and the text cut up by them. */

import type { Finding } from "../../app/scanned.ts";

/** A finding with its place in a JavaScript string, and for people. */
export interface Placed extends Finding {
  from: number;
  to: number;
  line: number;
  column: number;
}

/** A part of a text all of which is covered by the same findings. */
export interface Stretch {
  text: string;
  covers: Placed[];
}

/** A part of a text that holds findings which overlap, or a single one, or none. */
export interface Piece {
  stretches: Stretch[];
  findings: Placed[];
}

interface Spot {
  unit: number;
  line: number;
  column: number;
}

const NEW_LINE = 10;
const LAST_OF_ONE_UNIT = 0xffff;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Half a character, as a cut text may hold it, cannot be sent. Places stay the same. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd");
}

/** In order of appearance; of those that begin together the longest is first. */
export function placed(text: string, findings: readonly Finding[]): Placed[] {
  const spots = spotsOf(
    text,
    findings.flatMap(({ start, end }) => [start, end]),
  );
  const found = findings.flatMap((finding) => {
    const from = spots.get(finding.start);
    const to = spots.get(finding.end);
    if (!from || !to) return [];
    return [{ ...finding, from: from.unit, to: to.unit, line: from.line, column: from.column }];
  });
  return found.sort((a, b) => a.from - b.from || b.to - a.to);
}

function spotsOf(text: string, points: number[]): Map<number, Spot> {
  const spots = new Map<number, Spot>();
  let [unit, point, line, lineStart] = [0, 0, 1, 0];
  for (const wanted of [...new Set(points)].sort((a, b) => a - b)) {
    while (point < wanted && unit < text.length) {
      const code = text.codePointAt(unit) ?? 0;
      unit += code > LAST_OF_ONE_UNIT ? 2 : 1;
      point += 1;
      if (code === NEW_LINE) [line, lineStart] = [line + 1, point];
    }
    spots.set(wanted, { unit, line, column: point - lineStart + 1 });
  }
  return spots;
}

/** The whole text, in order; `found` as `placed` gives it. */
export function pieces(text: string, found: readonly Placed[]): Piece[] {
  const cut: Piece[] = [];
  let end = 0;
  for (const together of overlapping(found)) {
    const from = Math.min(...together.map((each) => each.from));
    if (from > end) cut.push(plain(text.slice(end, from)));
    cut.push({ stretches: stretches(text, together), findings: together });
    end = Math.max(...together.map((each) => each.to));
  }
  if (end < text.length) cut.push(plain(text.slice(end)));
  return cut;
}

function plain(text: string): Piece {
  return { stretches: [{ text, covers: [] }], findings: [] };
}

function overlapping(found: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  let end = -1;
  for (const each of found) {
    if (each.from < end) groups.at(-1)?.push(each);
    else groups.push([each]);
    end = Math.max(end, each.to);
  }
  return groups;
}

function stretches(text: string, together: readonly Placed[]): Stretch[] {
  const bounds = new Set(together.flatMap(({ from, to }) => [from, to]));
  const sorted = [...bounds].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1] ?? from;
    const covers = together.filter((each) => each.from <= from && each.to >= to);
    return { text: text.slice(from, to), covers };
  });
}

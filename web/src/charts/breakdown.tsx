/** What each option's monthly cost is made of: bars of numbered parts. */

import { scaleLinear } from "d3-scale";
import { shortUsd, usd } from "../app/amounts.ts";
import type { CostLine } from "../app/report.ts";
import { BottomAxis, Frame } from "./axes.tsx";
import { fitted } from "./fitted.ts";
import type { Mark } from "./marks.ts";

export interface BreakdownRow {
  id: string;
  name: string;
  mark: Mark;
  total: number;
  lines: CostLine[];
}

export interface Part {
  id: string;
  name: string;
  number: number;
  colour: string;
}

const ROW = 30;
const COLOURS = 8;

/** The same kind of cost is the same part, in a hybrid too, where both sides have it. */
export function partId({ id }: CostLine): string {
  return id.replace(/^(api|own)_/, "");
}

export function partName({ name }: CostLine): string {
  return name.replace(/^(API|Own): /, "");
}

/** The kinds of cost in these rows, numbered by where they stand in a bill. */
export function partsOf(rows: BreakdownRow[]): Part[] {
  const found = new Map<string, { name: string; place: number }>();
  for (const { lines } of rows) {
    for (const [place, line] of lines.entries()) {
      const known = found.get(partId(line));
      const name = known?.name ?? partName(line);
      found.set(partId(line), { name, place: Math.min(place, known?.place ?? place) });
    }
  }
  const sorted = [...found].sort(
    ([one, a], [other, b]) => a.place - b.place || (one < other ? -1 : 1),
  );
  return sorted.map(([id, { name }], index) => ({
    id,
    name,
    number: index + 1,
    colour: `c${index % COLOURS}`,
  }));
}

/** Stacked bars on one scale. */
export function breakdownChart(rows: BreakdownRow[], options: { width: number; label: string }) {
  const { width, label } = options;
  const isNarrow = width < 620;
  const names = isNarrow ? 26 : Math.min(270, width * 0.31);
  const bottom = rows.length * ROW + 6;
  const parts = new Map(partsOf(rows).map((part) => [part.id, part]));
  const x = scaleLinear([0, Math.max(...rows.map(({ total }) => total), 1)], [names, width - 80]);
  const ticks = x.ticks(isNarrow ? 3 : 5).map((each) => ({ at: x(each), text: shortUsd(each) }));
  return (
    <Frame width={width} height={bottom + 30} label={label}>
      <BottomAxis ticks={ticks} top={4} bottom={bottom} />
      {rows.map((row, index) => (
        <g key={row.id} data-option={row.id}>
          <text class="name" x={0} y={(index + 0.5) * ROW + 4} dy="0.32em">
            {isNarrow ? row.mark.letter : fitted(`${row.mark.letter}  ${row.name}`, names - 12)}
          </text>
          {segments(row, parts, x, index * ROW + 8)}
          <text class="value" x={x(row.total) + 6} y={(index + 0.5) * ROW + 4} dy="0.32em">
            {usd(row.total)}
          </text>
        </g>
      ))}
    </Frame>
  );
}

function segments(
  { lines }: BreakdownRow,
  parts: Map<string, Part>,
  x: (value: number) => number,
  top: number,
) {
  let sum = 0;
  return lines.map((line) => {
    const { id, name, usd: cost } = line;
    const from = x(sum);
    sum += Number(cost);
    const width = Math.max(0, x(sum) - from);
    const part = parts.get(partId(line));
    return (
      <g key={id}>
        <rect class={`part ${part?.colour}`} x={from} y={top} width={width} height={ROW - 8}>
          <title>{`${name}: ${usd(cost)}`}</title>
        </rect>
        {width > 15 && (
          <text
            class="inside"
            x={from + width / 2}
            y={top + (ROW - 8) / 2}
            dy="0.34em"
            text-anchor="middle"
          >
            {part?.number}
          </text>
        )}
      </g>
    );
  });
}

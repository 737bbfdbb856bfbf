/** Two panels of bars: time to the first token, and per token after it. */

import { scaleLinear } from "d3-scale";
import { seconds } from "../app/amounts.ts";
import type { LatencyReport } from "../app/report.ts";
import { BottomAxis, Frame } from "./axes.tsx";
import { fitted } from "./fitted.ts";
import type { Mark } from "./marks.ts";

export interface LatencyRow {
  id: string;
  name: string;
  mark: Mark;
  latency: LatencyReport;
}

const ROW = 24;
const TOP = 26;

/** Bars to the median, whiskers to the 95th percentile, and what each rests on. */
export function latencyChart(rows: LatencyRow[], options: { width: number; label: string }) {
  const { width, label } = options;
  const isNarrow = width < 620;
  const left = isNarrow ? 26 : Math.min(270, width * 0.31);
  const height = TOP + rows.length * ROW + 34;
  // Side by side where there is room, else one below the other.
  const middle = left + (width - left) / 2;
  const first = { left, right: isNarrow ? width : middle, top: 0 };
  const second = isNarrow ? { ...first, top: height } : { left: middle, right: width, top: 0 };
  return (
    <Frame width={width} height={isNarrow ? 2 * height : height} label={label}>
      {names(rows, left, 0)}
      {isNarrow && names(rows, left, height)}
      {panel("first token", rows.map(firstToken), first)}
      {panel("per token after it", rows.map(perToken), second)}
    </Frame>
  );
}

function names(rows: LatencyRow[], width: number, top: number) {
  return rows.map(({ id, name, mark }, index) => (
    <text key={`${id} ${top}`} class="name" x={0} y={top + TOP + (index + 0.5) * ROW} dy="0.32em">
      {fitted(width < 60 ? mark.letter : `${mark.letter}  ${name}`, width - 12)}
    </text>
  ));
}

interface Value {
  id: string;
  colour: string;
  p50: number;
  p95: number | null;
  basis: string;
}

function firstToken({ id, mark, latency }: LatencyRow): Value {
  const { ttft_p50_s: p50, ttft_p95_s: p95, basis } = latency;
  return { id, colour: mark.colour, p50, p95, basis: basis.kind };
}

function perToken({ id, mark, latency }: LatencyRow): Value {
  const { tpot_p50_s: p50, tpot_p95_s: p95, basis } = latency;
  return { id, colour: mark.colour, p50, p95, basis: basis.kind };
}

function panel(
  title: string,
  values: Value[],
  place: { left: number; right: number; top: number },
) {
  const longest = Math.max(...values.map(({ p50, p95 }) => p95 ?? p50), 1e-6);
  const x = scaleLinear([0, longest], [place.left, place.right - 118]);
  const top = place.top + TOP;
  const bottom = top + values.length * ROW;
  const ticks = x.ticks(3).map((each) => ({ at: x(each), text: each ? seconds(each) : "0" }));
  return (
    <g class="panel">
      <text class="title" x={place.left} y={place.top + 14}>
        {title}
      </text>
      <BottomAxis ticks={ticks} top={top} bottom={bottom} />
      {values.map((each, index) => bar(each, x, top + index * ROW))}
    </g>
  );
}

function bar({ id, colour, p50, p95, basis }: Value, x: (value: number) => number, top: number) {
  const middle = top + ROW / 2;
  const end = x(p95 ?? p50);
  return (
    <g key={id} data-option={id}>
      <rect
        class={`bar ${colour}`}
        x={x(0)}
        y={top + 5}
        width={Math.max(1, x(p50) - x(0))}
        height={ROW - 10}
      />
      {p95 !== null && (
        <path class="whisker" d={`M${x(p50)} ${middle}H${end}M${end} ${middle - 5}v10`} />
      )}
      <text class="value" x={end + 5} y={middle} dy="0.32em">
        {seconds(p50)} <tspan class="basis">{basis}</tspan>
      </text>
    </g>
  );
}

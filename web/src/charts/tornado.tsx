/** What the recommended option saves against the next best as one input moves at a time. */

import { scaleLinear } from "d3-scale";
import { shortUsd } from "../app/amounts.ts";
import type { Bar } from "../app/report.ts";
import { unitOf } from "../app/units.ts";
import { BottomAxis, Frame } from "./axes.tsx";
import { fitted } from "./fitted.ts";

export interface TornadoOptions {
  width: number;
  label: string;
  /** What is saved with every input as usual. */
  planned: number;
}

/** The longest bar matters most; left of zero another option is cheaper. */
export function tornadoChart(bars: Bar[], options: TornadoOptions) {
  const { width, label, planned } = options;
  const ends = bars.flatMap((each) => [each.advantage_at_low_usd, each.advantage_at_high_usd]);
  const isNarrow = width < 620;
  // Names stand beside the bars, or above them where there is no room.
  const left = isNarrow ? 0 : Math.min(270, width * 0.31);
  const row = isNarrow ? 44 : 28;
  const bottom = bars.length * row + 6;
  const x = scaleLinear(
    [Math.min(0, planned, ...ends), Math.max(1, planned, ...ends)],
    [left + 70, width - 70],
  );
  const ticks = x.ticks(isNarrow ? 3 : 6).map((each) => ({ at: x(each), text: shortUsd(each) }));
  return (
    <Frame width={width} height={bottom + 46} label={label}>
      <BottomAxis
        ticks={ticks}
        top={4}
        bottom={bottom}
        title="saved per month against the next best"
      />
      {bars.map((each, index) =>
        bar(each, x, { top: index * row + 4, left: left || width, row, planned: x(planned) }),
      )}
      <line class="planned" x1={x(planned)} x2={x(planned)} y1={4} y2={bottom} />
      <line class="zero" x1={x(0)} x2={x(0)} y1={4} y2={bottom} />
    </Frame>
  );
}

function bar(
  each: Bar,
  x: (value: number) => number,
  { top, left, row, planned }: { top: number; left: number; row: number; planned: number },
) {
  const [low, high] = [x(each.advantage_at_low_usd), x(each.advantage_at_high_usd)];
  const side = (at: number, other: number) => (at <= other ? "end" : "start");
  const shift = (at: number, other: number) => (at <= other ? -5 : 5);
  const y = top + row - 13;
  const { written } = unitOf(each.unit);
  return (
    <g key={each.input} data-input={each.input}>
      <text class="name" x={0} y={row > 40 ? top + 13 : y} dy="0.32em">
        {fitted(each.name, left - 12)}
      </text>
      <rect
        class="low"
        x={Math.min(low, planned)}
        y={y - 8}
        width={Math.abs(planned - low)}
        height={16}
      />
      <rect
        class="high"
        x={Math.min(high, planned)}
        y={y - 8}
        width={Math.abs(high - planned)}
        height={16}
      />
      <text
        class="value"
        x={low + shift(low, high)}
        y={y}
        dy="0.32em"
        text-anchor={side(low, high)}
      >
        {written(each.low)}
      </text>
      <text
        class="value"
        x={high + shift(high, low)}
        y={y}
        dy="0.32em"
        text-anchor={side(high, low + 0.1)}
      >
        {written(each.high)}
      </text>
    </g>
  );
}

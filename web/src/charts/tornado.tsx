/** What the recommended option saves against the next best as one input moves at a time. */

import { scaleLinear } from "d3-scale";
import { amount, shortUsd } from "../app/amounts.ts";
import type { Bar } from "../app/report.ts";
import { BottomAxis, Frame, fitted } from "./axes.tsx";

const ROW = 40;

/** The longest bar matters most; left of zero another option is cheaper. */
export function tornadoChart(bars: Bar[], options: { width: number; label: string }) {
  const { width, label } = options;
  const bottom = bars.length * ROW + 6;
  const ends = bars.flatMap((each) => [each.advantage_at_low_usd, each.advantage_at_high_usd]);
  const side = width < 620 ? 46 : 70;
  const x = scaleLinear([Math.min(0, ...ends), Math.max(1, ...ends)], [side, width - side]);
  const ticks = x.ticks(width < 620 ? 3 : 6).map((each) => ({ at: x(each), text: shortUsd(each) }));
  return (
    <Frame width={width} height={bottom + 46} label={label}>
      <BottomAxis
        ticks={ticks}
        top={4}
        bottom={bottom}
        title="saved per month against the next best"
      />
      {bars.map((each, index) => bar(each, x, index * ROW + 4, width))}
      <line class="zero" x1={x(0)} x2={x(0)} y1={4} y2={bottom} />
    </Frame>
  );
}

function bar(each: Bar, x: (value: number) => number, top: number, width: number) {
  const [low, high] = [x(each.advantage_at_low_usd), x(each.advantage_at_high_usd)];
  const usual = low + ((high - low) * (each.usual - each.low)) / (each.high - each.low || 1);
  const side = (at: number, other: number) => (at <= other ? "end" : "start");
  const shift = (at: number, other: number) => (at <= other ? -5 : 5);
  const y = top + 27;
  return (
    <g key={each.input} data-input={each.input}>
      <text class="name" x={0} y={top + 11}>
        {fitted(`${each.name}, ${each.unit}`, width)}
      </text>
      <rect
        class="low"
        x={Math.min(low, usual)}
        y={top + 18}
        width={Math.abs(usual - low)}
        height={16}
      />
      <rect
        class="high"
        x={Math.min(high, usual)}
        y={top + 18}
        width={Math.abs(high - usual)}
        height={16}
      />
      <text
        class="value"
        x={low + shift(low, high)}
        y={y}
        dy="0.32em"
        text-anchor={side(low, high)}
      >
        {amount(each.low)}
      </text>
      <text
        class="value"
        x={high + shift(high, low)}
        y={y}
        dy="0.32em"
        text-anchor={side(high, low + 0.1)}
      >
        {amount(each.high)}
      </text>
    </g>
  );
}

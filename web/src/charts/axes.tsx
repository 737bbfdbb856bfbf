/** Axes and grids of the charts. */

import type { ComponentChildren } from "preact";

export interface Margin {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

export interface Tick {
  at: number;
  text: string;
}

export function Frame(props: {
  width: number;
  height: number;
  label: string;
  children: ComponentChildren;
}) {
  const { width, height, label } = props;
  return (
    <svg
      class="chart"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
    >
      {props.children}
    </svg>
  );
}

/** Ticks along the bottom, with lines up to `top`. */
export function BottomAxis(props: { ticks: Tick[]; top: number; bottom: number; title?: string }) {
  const { ticks, top, bottom, title } = props;
  const middle = ticks.length ? ((ticks[0]?.at ?? 0) + (ticks.at(-1)?.at ?? 0)) / 2 : 0;
  return (
    <g class="axis">
      {ticks.map(({ at, text }) => (
        <g key={text}>
          <line class="grid" x1={at} x2={at} y1={top} y2={bottom} />
          <text x={at} y={bottom + 16} text-anchor="middle">
            {text}
          </text>
        </g>
      ))}
      {title && (
        <text class="title" x={middle} y={bottom + 34} text-anchor="middle">
          {title}
        </text>
      )}
    </g>
  );
}

/** Ticks along the left, with lines to `right`. */
export function LeftAxis(props: { ticks: Tick[]; left: number; right: number }) {
  return (
    <g class="axis">
      {props.ticks.map(({ at, text }) => (
        <g key={text}>
          <line class="grid" x1={props.left} x2={props.right} y1={at} y2={at} />
          <text x={props.left - 8} y={at} dy="0.32em" text-anchor="end">
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Every power of ten in the range, thinned to at most `most`. */
export function decades(low: number, high: number, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  const found = [];
  for (let power = first; power <= last; power += step) found.push(10 ** power);
  return found;
}

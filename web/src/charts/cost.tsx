/** Cost over volume, both logarithmic: lines for APIs, staircases for own hardware. */

import { type ScaleLogarithmic, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";
import { amount, shortUsd } from "../app/amounts.ts";
import { titleOf } from "../app/names.ts";
import type { Crossover, Curves, Line, OptionReport } from "../app/report.ts";
import { BottomAxis, decades, Frame, LeftAxis } from "./axes.tsx";
import { fitted } from "./fitted.ts";
import type { Mark } from "./marks.ts";
import { spread } from "./spread.ts";

const MOST_LABELS = 8;
const LABEL_HEIGHT = 15;

export interface CostData {
  curves: Curves;
  crossovers: Crossover[];
  options: OptionReport[];
  marks: Map<string, Mark>;
  tokensPerMonth: number;
  recommended: string | null;
}

export interface CostOptions {
  width: number;
  label: string;
}

interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: ScaleLogarithmic<number, number>;
  y: ScaleLogarithmic<number, number>;
}

interface Drawn {
  line: Line;
  option: OptionReport;
  mark: Mark;
  isLeading: boolean;
}

/** Cost per month of each option at every volume. */
export function costChart(data: CostData, { width, label }: CostOptions) {
  const size = sized(width);
  const { height, isNarrow } = size;
  const lines = drawnLines(data);
  const plot = plotOf(data, lines, size);
  const xTicks = decades(...domain(plot.x), isNarrow ? 4 : 8);
  const yTicks = decades(...domain(plot.y), 8);
  return (
    <Frame width={width} height={height} label={label}>
      <BottomAxis
        ticks={xTicks.map((each) => ({ at: plot.x(each), text: amount(each) }))}
        top={plot.top}
        bottom={plot.bottom}
        title="tokens per month"
      />
      <LeftAxis
        ticks={yTicks.map((each) => ({ at: plot.y(each), text: shortUsd(each) }))}
        left={plot.left}
        right={plot.right}
      />
      {band(data, plot)}
      {lines.map((each) => curve(each, data.curves, plot))}
      {volumeRule(data.tokensPerMonth, plot)}
      {marked(data.crossovers).map((each, index) => crossing(each, index, data, plot))}
      {endLabels(lines, plot, isNarrow)}
    </Frame>
  );
}

/** Those that get a number: near ties are many, and change nothing that matters. */
export function marked(crossovers: Crossover[]): Crossover[] {
  return crossovers.filter(({ is_material }) => is_material !== false).slice(0, MOST_LABELS);
}

/** The volume under a point of the chart, and what each allowed option costs there. */
export function costsAtPoint(data: CostData, width: number, x: number) {
  const plot = plotOf(data, drawnLines(data), sized(width));
  const tokens = plot.x.invert(Math.min(plot.right, Math.max(plot.left, x)));
  const costs = drawnLines(data)
    .filter(({ option }) => option.is_allowed)
    .map(({ line: each, option, mark }) => ({
      option,
      mark,
      usd: costAt(each, data.curves, tokens),
    }))
    .sort((one, other) => one.usd - other.usd);
  return { tokens, costs };
}

function sized(width: number) {
  const isNarrow = width < 620;
  return { width, height: isNarrow ? 380 : 460, isNarrow };
}

function drawnLines({ curves, crossovers, options, marks, recommended }: CostData): Drawn[] {
  const byId = new Map(options.map((option) => [option.id, option]));
  const leading = new Set([recommended]);
  for (const each of crossovers.filter(({ is_material }) => is_material !== false))
    leading.add(each.cheaper_below).add(each.cheaper_above);
  return curves.lines
    .flatMap((each) => {
      const option = byId.get(each.option);
      const mark = marks.get(each.option);
      if (!option || !mark) return [];
      return [{ line: each, option, mark, isLeading: leading.has(each.option) }];
    })
    .sort((one, other) => Number(one.isLeading) - Number(other.isLeading));
}

function plotOf(
  { curves }: CostData,
  lines: Drawn[],
  size: { width: number; height: number; isNarrow: boolean },
): Plot {
  const left = 58;
  const right = size.width - (size.isNarrow ? 26 : Math.min(250, size.width * 0.3));
  const top = 40;
  const bottom = size.height - 46;
  const costs = lines.flatMap(({ line: { usd } }) => usd).filter((each) => each > 0);
  const low = Math.max(0.01, Math.min(...costs, 1e3));
  const high = Math.max(...costs, low * 10);
  const tokens: [number, number] = [curves.tokens[0] ?? 1e6, curves.tokens.at(-1) ?? 1e12];
  const x = scaleLog(tokens, [left, right]).clamp(true);
  const y = scaleLog([10 ** Math.floor(Math.log10(low)), high], [bottom, top]).clamp(true);
  return { left, right, top, bottom, x, y };
}

function domain(scale: ScaleLogarithmic<number, number>): [number, number] {
  const [low = 1, high = 10] = scale.domain();
  return [low, high];
}

function points({ usd, own_tokens }: Line, { tokens }: Curves, { x, y }: Plot): [number, number][] {
  const at = own_tokens.length ? own_tokens : tokens;
  const all = usd.map((each, index): [number, number] => [x(at[index] ?? 1), y(each)]);
  // Steps closer than half a pixel cannot be seen, and there may be thousands.
  let last: [number, number] = [-9, -9];
  return all.filter((point, index) => {
    const isFar = Math.abs(point[0] - last[0]) > 0.5 || Math.abs(point[1] - last[1]) > 0.5;
    if (isFar || index === all.length - 1) last = point;
    return isFar || index === all.length - 1;
  });
}

const path = line().digits(1);

function curve({ line: each, option, mark, isLeading }: Drawn, curves: Curves, plot: Plot) {
  const kind = option.is_allowed ? (isLeading ? "leading" : "following") : "refused";
  return (
    <path
      key={option.id}
      class={`curve ${kind} ${option.is_allowed ? mark.colour : ""}`}
      data-option={option.id}
      d={path(points(each, curves, plot)) ?? ""}
      stroke-dasharray={option.is_allowed ? mark.dash : "1 4"}
    >
      <title>{titleOf(option)}</title>
    </path>
  );
}

function band({ curves, marks }: CostData, { x, y }: Plot) {
  const mark = marks.get(curves.band_option ?? "");
  if (!mark || !curves.band_low_usd.length) return null;
  const shape = area<number>()
    .digits(1)
    .x((each) => x(each))
    .y0((_, index) => y(curves.band_low_usd[index] ?? 1))
    .y1((_, index) => y(curves.band_high_usd[index] ?? 1));
  return <path class={`band ${mark.colour}`} d={shape(curves.tokens) ?? ""} />;
}

function volumeRule(tokens: number, { x, left, right, top, bottom }: Plot) {
  const at = x(tokens);
  const anchor = at < left + 60 ? "start" : at > right - 60 ? "end" : "middle";
  return (
    <g class="volume">
      <line x1={at} x2={at} y1={top - 4} y2={bottom} />
      <text x={at} y={top - 26} text-anchor={anchor}>
        you: {amount(tokens)}
      </text>
    </g>
  );
}

function crossing(each: Crossover, index: number, data: CostData, plot: Plot) {
  const at = plot.x(each.tokens_per_month);
  const above = data.curves.lines.find(({ option }) => option === each.cheaper_above);
  const y = above ? plot.y(costAt(above, data.curves, each.tokens_per_month)) : plot.bottom;
  // Neighbours take turns at the height of their labels.
  const labelY = plot.bottom - 8 - (index % 3) * LABEL_HEIGHT;
  return (
    <g class="crossing" key={index}>
      <line x1={at} x2={at} y1={y} y2={labelY - 10} />
      <circle cx={at} cy={y} r={4.5} />
      <text x={at} y={labelY} text-anchor={at > plot.right - 60 ? "end" : "middle"}>
        {index + 1}: {amount(each.tokens_per_month)}
      </text>
    </g>
  );
}

/** Read from the drawn line. */
export function costAt({ usd, own_tokens }: Line, { tokens }: Curves, at: number): number {
  const grid = own_tokens.length ? own_tokens : tokens;
  const next = grid.findIndex((each) => each >= at);
  if (next <= 0) return usd.at(next) ?? 0;
  const [x0 = 1, x1 = 1] = [grid[next - 1], grid[next]];
  const [y0 = 0, y1 = 0] = [usd[next - 1], usd[next]];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (at - x0)) / (x1 - x0);
}

function endLabels(lines: Drawn[], plot: Plot, isNarrow: boolean) {
  const shown = lines.filter(({ option, isLeading }) => option.is_allowed || isLeading);
  const ends = shown.map(({ line: { usd } }) => plot.y(usd.at(-1) ?? 1));
  const heights = spread(ends, LABEL_HEIGHT - 2, plot.top, plot.bottom);
  return shown.map(({ option, mark, isLeading }, index) => {
    const name = isNarrow ? mark.letter : `${mark.letter}  ${titleOf(option)}`;
    const y = heights[index] ?? 0;
    return (
      <g key={option.id} class={`end ${isLeading ? "leading" : ""}`}>
        <line class={mark.colour} x1={plot.right + 1} x2={plot.right + 8} y1={ends[index]} y2={y} />
        <text x={plot.right + 11} y={y} dy="0.32em">
          {isNarrow ? name : fitted(name, isLeading ? 218 : 236)}
          <title>{titleOf(option)}</title>
        </text>
      </g>
    );
  });
}

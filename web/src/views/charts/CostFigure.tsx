import { useState } from "preact/hooks";
import { amount, months, round, shortUsd, usd } from "../../app/amounts.ts";
import { change, commit } from "../../app/ask.ts";
import { Figure } from "../../app/Figure.tsx";
import { titleOf } from "../../app/names.ts";
import type { Curves, Line, OptionReport, Report } from "../../app/report.ts";
import { choices, nameOf } from "../../app/state.ts";
import { Table } from "../../app/Table.tsx";
import { Wide } from "../../app/Wide.tsx";
import { decades } from "../../charts/axes.tsx";
import { type CostData, costAt, costChart, costsAtPoint, marked } from "../../charts/cost.tsx";
import { type Mark, marksOf } from "../../charts/marks.ts";

/** Cost over volume, with every crossover. */
export function CostFigure({ report }: { report: Report }) {
  const marks = marksOf(report.options);
  const { curves, crossovers, options, verdict, workload } = report;
  const sentence = costSentence(report);
  const data = {
    curves,
    crossovers,
    options,
    marks,
    tokensPerMonth: workload.tokens_per_month,
    recommended: verdict.option,
  };
  const [pointed, setPointed] = useState<{ x: number; width: number } | null>(null);
  const pick = ({ x, width }: { x: number; width: number }) => {
    const { tokens } = costsAtPoint(data, width, x);
    const length = workload.mean_input_tokens + workload.mean_output_tokens;
    const isByRequests = typeof report.question.requests_per_month === "number";
    if (isByRequests) change({ requests_per_month: round(tokens / length, 2) });
    else change({ monthly_tokens: round(tokens, 2) });
    commit();
  };
  // Not in a saved report, nor where a file says the volume.
  const isPickable = choices.value !== null && !report.question.traffic;
  return (
    <Figure
      id="cost"
      title="Cost by monthly volume"
      sentence={sentence}
      draw={(width) => costChart(data, { width, label: sentence })}
      table={<CostTable curves={curves} />}
      onPoint={setPointed}
      {...(isPickable ? { onPick: pick } : {})}
    >
      <Readout data={data} at={pointed} isPickable={isPickable} />
      <Keys options={options} marks={marks} />
      <Crossings report={report} marks={marks} />
    </Figure>
  );
}

function costSentence({ crossovers, verdict, workload, curves }: Report): string {
  const volume = `At your ${amount(workload.tokens_per_month)} tokens a month`;
  const best =
    verdict.option === null
      ? `${volume} no option is allowed.`
      : `${volume} ${nameOf(verdict.option)} is recommended.`;
  const material = crossovers.filter(({ is_material }) => is_material !== false);
  const [first] = material;
  const count = material.length;
  const range = `${amount(curves.tokens[0] ?? 0)} and ${amount(curves.tokens.at(-1) ?? 0)}`;
  if (!first && crossovers.length)
    return `${best} No change between ${range} tokens saves a hundredth.`;
  if (!first) return `${best} The cheapest option is the same everywhere between ${range} tokens.`;
  const changes = count === 1 ? "changes once" : `changes ${count} times`;
  const where = count === 1 ? "at" : "first at";
  return `${best} The cheapest option ${changes} between ${range} tokens, ${where} ${amount(first.tokens_per_month)}.`;
}

function CostTable({ curves }: { curves: Curves }) {
  const low = curves.tokens[0] ?? 1e6;
  const high = curves.tokens.at(-1) ?? 1e12;
  const volumes = decades(low, high, 8);
  const columns = volumes.map((tokens) => ({
    title: `${amount(tokens)} tokens`,
    isNumber: true,
    of: (line: Line) => shortUsd(costAt(line, curves, tokens)),
  }));
  return (
    <Table
      caption="Cost per month of each option at round volumes"
      columns={[{ title: "Option", of: (line) => nameOf(line.option) }, ...columns]}
      rows={curves.lines}
      keyOf={(line) => line.option}
    />
  );
}

const MOST_READ = 4;

/** Costs under the pointer. The table has them for those who use none. */
function Readout(props: {
  data: CostData;
  at: { x: number; width: number } | null;
  isPickable: boolean;
}) {
  const { data, at, isPickable } = props;
  if (!at) {
    const pick = isPickable ? ", click to make that volume yours" : "";
    return <p class="readout hint">Point at the chart to read costs{pick}.</p>;
  }
  const { tokens, costs } = costsAtPoint(data, at.width, at.x);
  return (
    <p class="readout" aria-hidden="true">
      <strong>{amount(tokens)} tokens:</strong>{" "}
      {costs.slice(0, MOST_READ).map(({ option, mark, usd: cost }) => (
        <span key={option.id}>
          <b class={mark.colour}>{mark.letter}</b> {usd(cost)}
        </span>
      ))}
    </p>
  );
}

/** What the letters stand for, where the chart has no room for names. */
function Keys({ options, marks }: { options: OptionReport[]; marks: Map<string, Mark> }) {
  const rows = options.flatMap((option) => {
    const mark = marks.get(option.id);
    return mark ? [{ option, mark }] : [];
  });
  rows.sort((one, other) => (one.mark.letter < other.mark.letter ? -1 : 1));
  return (
    <ul class="keys">
      {rows.map(({ option, mark }) => (
        <li key={option.id}>
          <b class={mark.colour}>{mark.letter}</b> {titleOf(option)}
        </li>
      ))}
    </ul>
  );
}

/** Every one of them; the chart numbers the first few. */
function Crossings({ report, marks }: { report: Report; marks: Map<string, Mark> }) {
  const { crossovers, curves } = report;
  if (!crossovers.length) return null;
  const called = (id: string) => `${marks.get(id)?.letter ?? ""} ${nameOf(id)}`;
  const costOf = (id: string, tokens: number) => {
    const line = curves.lines.find(({ option }) => option === id);
    return line ? usd(costAt(line, curves, tokens)) : "unknown";
  };
  const numbered = marked(crossovers);
  return (
    <section class="crossovers" aria-labelledby="crossovers-title">
      <h3 id="crossovers-title">Where the cheapest option changes</h3>
      {numbered.length < crossovers.length && (
        <p class="hint">
          The chart marks those with a number. The others save under a hundredth before the next
          one, or come later.
        </p>
      )}
      <Wide label="Crossovers">
        <Table
          caption="Crossovers"
          columns={[
            { title: "No.", of: (each) => numbered.indexOf(each) + 1 || "–" },
            {
              title: "Tokens per month",
              isNumber: true,
              of: (each) => amount(each.tokens_per_month),
            },
            { title: "Below it", of: (each) => called(each.cheaper_below) },
            { title: "Above it", of: (each) => called(each.cheaper_above) },
            {
              title: "Cost there",
              isNumber: true,
              of: (each) => costOf(each.cheaper_above, each.tokens_per_month),
            },
            {
              title: "Reached",
              of: (each) => (each.month === null ? "–" : `in ${months(each.month)}`),
            },
          ]}
          rows={crossovers}
          keyOf={(each) => String(each.tokens_per_month)}
        />
      </Wide>
    </section>
  );
}

import { usd } from "../../app/amounts.ts";
import { Figure } from "../../app/Figure.tsx";
import { isInPlay } from "../../app/names.ts";
import type { Bar, OptionReport, Report } from "../../app/report.ts";
import { nameOf } from "../../app/state.ts";
import { Table } from "../../app/Table.tsx";
import { unitOf } from "../../app/units.ts";
import { tornadoChart } from "../../charts/tornado.tsx";

/** Which uncertain inputs the answer hangs on. */
export function TornadoFigure({ report }: { report: Report }) {
  const { tornado: bars } = report;
  const [most] = bars;
  if (!most) return null;
  const sentence = tornadoSentence(bars, most);
  const planned = plannedSaving(report);
  return (
    <Figure
      id="tornado"
      title="What would change this"
      sentence={sentence}
      draw={(width) => tornadoChart(bars, { width, label: sentence, planned })}
      table={<TornadoTable bars={bars} />}
    />
  );
}

/** Against the next best, with every input as usual. */
function plannedSaving({ options, verdict }: Report): number {
  const known = options.filter(isInPlay);
  const cost = (each: OptionReport | undefined) => Number(each?.usd_per_month ?? 0);
  const best = known.find(({ id }) => id === verdict.option);
  const next = known.filter(({ id }) => id !== verdict.option);
  return next.length ? Math.min(...next.map(cost)) - cost(best) : 0;
}

function tornadoSentence(bars: Bar[], most: Bar): string {
  const flipping = bars.filter(({ flips_at }) => flips_at !== null);
  const matters = `“${most.name}” matters most.`;
  if (!flipping.length) return `${matters} No single input, within its range, changes the answer.`;
  const named = flipping.map(
    ({ name, unit, flips_at, flips_to }) =>
      `“${name}” at ${unitOf(unit).written(flips_at ?? 0)}${flips_to ? ` (then ${nameOf(flips_to)})` : ""}`,
  );
  return `${matters} The answer changes with ${named.join("; ")}.`;
}

function TornadoTable({ bars }: { bars: Bar[] }) {
  return (
    <Table
      caption="What the recommended option saves per month as each input moves"
      columns={[
        { title: "Input", of: ({ name }) => name },
        { title: "Low", isNumber: true, of: ({ low, unit }) => unitOf(unit).written(low) },
        { title: "Usual", isNumber: true, of: ({ usual, unit }) => unitOf(unit).written(usual) },
        { title: "High", isNumber: true, of: ({ high, unit }) => unitOf(unit).written(high) },
        { title: "Saved at low", isNumber: true, of: (bar) => usd(bar.advantage_at_low_usd) },
        { title: "Saved at high", isNumber: true, of: (bar) => usd(bar.advantage_at_high_usd) },
        {
          title: "Answer changes at",
          of: ({ flips_at, flips_to, unit }) =>
            flips_at === null
              ? "–"
              : `${unitOf(unit).written(flips_at)}${flips_to ? `: ${nameOf(flips_to)}` : ""}`,
        },
      ]}
      rows={bars}
      keyOf={({ input }) => input}
    />
  );
}

import { percent, seconds } from "../../app/amounts.ts";
import { Figure } from "../../app/Figure.tsx";
import { titleOf } from "../../app/names.ts";
import type { Report } from "../../app/report.ts";
import { Table } from "../../app/Table.tsx";
import { type LatencyRow, latencyChart } from "../../charts/latency.tsx";
import { marksOf } from "../../charts/marks.ts";

/** How fast each option answers, and how that is known. */
export function LatencyFigure({ report }: { report: Report }) {
  const { options } = report;
  const marks = marksOf(options);
  const rows = options.flatMap((option): LatencyRow[] => {
    const { id, latency } = option;
    const mark = marks.get(id);
    return latency && mark ? [{ id, name: titleOf(option), latency, mark }] : [];
  });
  if (!rows.length) return null;
  const sentence = latencySentence(rows);
  return (
    <Figure
      id="latency"
      title="Latency"
      sentence={sentence}
      draw={(width) => latencyChart(rows, { width, label: sentence })}
      table={<LatencyTable rows={rows} />}
    />
  );
}

function latencySentence(rows: LatencyRow[]): string {
  const by = (value: (row: LatencyRow) => number) =>
    rows.reduce((best, row) => (value(row) < value(best) ? row : best));
  const first = by(({ latency }) => latency.ttft_p50_s);
  const token = by(({ latency }) => latency.tpot_p50_s);
  return (
    `${first.name} has its first token soonest, after ${seconds(first.latency.ttft_p50_s)}; ` +
    `${token.name} writes fastest, ${seconds(token.latency.tpot_p50_s)} per token. ` +
    "Bars are medians, whiskers reach to the 95th percentile."
  );
}

function LatencyTable({ rows }: { rows: LatencyRow[] }) {
  const number = (title: string, of: (row: LatencyRow) => number | null) => ({
    title,
    isNumber: true,
    of: (row: LatencyRow) => {
      const value = of(row);
      return value === null ? "unknown" : seconds(value);
    },
  });
  return (
    <Table
      caption="Latency of each option"
      columns={[
        { title: "Option", of: ({ name }) => name },
        number("First token p50", ({ latency }) => latency.ttft_p50_s),
        number("p95", ({ latency }) => latency.ttft_p95_s),
        number("Per token p50", ({ latency }) => latency.tpot_p50_s),
        number("Per token p95", ({ latency }) => latency.tpot_p95_s),
        number("Whole answer p50", ({ latency }) => latency.e2e_p50_s),
        number("Whole answer p95", ({ latency }) => latency.e2e_p95_s),
        { title: "Basis", of: basisText },
      ]}
      rows={rows}
      keyOf={({ id }) => id}
    />
  );
}

/** How a speed is known, in words. */
export function basisText({ latency: { basis } }: Pick<LatencyRow, "latency">): string {
  const error = basis.error_share ? `, ± ${percent(basis.error_share)}` : "";
  const date = basis.as_of ? `, ${basis.as_of}` : "";
  return `${basis.kind}: ${basis.method}${error}${date}`;
}

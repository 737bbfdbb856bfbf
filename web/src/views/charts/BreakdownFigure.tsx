import { usd } from "../../app/amounts.ts";
import { Figure } from "../../app/Figure.tsx";
import { isInPlay, titleOf } from "../../app/names.ts";
import type { Report } from "../../app/report.ts";
import { Table } from "../../app/Table.tsx";
import {
  type BreakdownRow,
  breakdownChart,
  partId,
  partName,
  partsOf,
} from "../../charts/breakdown.tsx";
import { marksOf } from "../../charts/marks.ts";

const MOST_ROWS = 8;

/** What the cheapest allowed options are paid for. */
export function BreakdownFigure({ report }: { report: Report }) {
  const { options } = report;
  const marks = marksOf(options);
  const rows = options
    .filter(isInPlay)
    .slice(0, MOST_ROWS)
    .flatMap((option): BreakdownRow[] => {
      const { id, lines, usd_per_month } = option;
      const mark = marks.get(id);
      const name = titleOf(option);
      return mark ? [{ id, name, lines, mark, total: Number(usd_per_month) }] : [];
    });
  if (!rows.length) return null;
  const parts = partsOf(rows);
  const sentence = breakdownSentence(rows);
  return (
    <Figure
      id="breakdown"
      title="What the money goes to"
      sentence={sentence}
      draw={(width) => breakdownChart(rows, { width, label: sentence })}
      table={<BreakdownTable rows={rows} />}
    >
      <ol class="legend">
        {parts.map(({ id, name, number, colour }) => (
          <li key={id}>
            <span class={`swatch ${colour}`}>
              <b>{number}</b>
            </span>{" "}
            {name}
          </li>
        ))}
      </ol>
    </Figure>
  );
}

function breakdownSentence(rows: BreakdownRow[]): string {
  const largest = rows.map(({ name, lines, total }) => {
    const [most] = lines.toSorted((one, other) => Number(other.usd) - Number(one.usd));
    return most ? `${name}: ${usd(most.usd)} of ${usd(total)} is “${partName(most)}”` : "";
  });
  return `${largest.filter(Boolean).slice(0, 2).join("; ")}.`;
}

function BreakdownTable({ rows }: { rows: BreakdownRow[] }) {
  const columns = partsOf(rows).map(({ id, name }) => ({
    title: name,
    isNumber: true,
    of: ({ lines }: BreakdownRow) => {
      const found = lines.filter((each) => partId(each) === id);
      return found.length ? usd(found.reduce((sum, each) => sum + Number(each.usd), 0)) : "–";
    },
  }));
  return (
    <Table
      caption="Cost lines of the cheapest options"
      columns={[
        { title: "Option", of: ({ name }) => name },
        ...columns,
        { title: "Total", isNumber: true, of: ({ total }) => usd(total) },
      ]}
      rows={rows}
      keyOf={({ id }) => id}
    />
  );
}

/** Every option with every number, each with where it comes from. */

import { useContext, useState } from "preact/hooks";
import { Printing } from "../../app/Opens.tsx";
import type { OptionReport, Report } from "../../app/report.ts";
import { Wide } from "../../app/Wide.tsx";
import { type Mark, marksOf } from "../../charts/marks.ts";
import { Details } from "./Details.tsx";
import { Reasons, Row } from "./Row.tsx";

const TITLES = [
  ["Option", ""],
  ["Per month", "number"],
  ["Per M tokens", "number"],
  ["Cheapest in", "number"],
  ["First token", "number"],
  ["Per token", "number"],
  ["Quality", "number"],
  ["Units", "number"],
  ["Rules", ""],
] as const;

export function Options({ report }: { report: Report }) {
  const marks = marksOf(report.options);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => setOpen(new Set(open.has(id) ? without(open, id) : [...open, id]));
  const isPrinting = useContext(Printing);
  const all = report.options.map(({ id }) => id);
  return (
    <section id="options" aria-labelledby="options-title">
      <div class="figure-head">
        <h2 id="options-title">All options</h2>
        <button type="button" class="quiet" onClick={() => setOpen(new Set(open.size ? [] : all))}>
          {open.size ? "Close all" : "Open all"}
        </button>
      </div>
      <p class="hint">
        Below each cost, 80 % of the cases considered. Open a row for its cost lines, formulas and
        sources.
      </p>
      <Wide label="All options">
        <table class="options">
          <caption class="unseen">All options with cost, speed, size and rules</caption>
          <thead>
            <tr>
              {TITLES.map(([title, kind]) => (
                <th key={title} scope="col" class={kind}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          {report.options.map((option) => (
            <Entry
              key={option.id}
              option={option}
              report={report}
              mark={marks.get(option.id)}
              isOpen={isPrinting || open.has(option.id)}
              toggle={toggle}
            />
          ))}
        </table>
      </Wide>
    </section>
  );
}

function Entry(props: {
  option: OptionReport;
  report: Report;
  mark: Mark | undefined;
  isOpen: boolean;
  toggle: (id: string) => void;
}) {
  const { option, report, mark, isOpen, toggle } = props;
  const isChosen = report.verdict.option === option.id;
  return (
    <tbody
      class={`${option.is_allowed ? "" : "refused"} ${isChosen ? "chosen" : ""}`}
      data-option={option.id}
    >
      <Row option={option} mark={mark} isChosen={isChosen} isOpen={isOpen} toggle={toggle} />
      <Reasons option={option} columns={TITLES.length} />
      {isOpen && (
        <tr class="details">
          <td colSpan={TITLES.length}>
            <Details option={option} sources={report.sources} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function without(set: ReadonlySet<string>, id: string): string[] {
  return [...set].filter((each) => each !== id);
}

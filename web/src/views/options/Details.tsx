import type { ComponentChildren } from "preact";
import { amount, months, percent, seconds, usd } from "../../app/amounts.ts";
import { Prose } from "../../app/Prose.tsx";
import type { CostLine, Disagreement, OptionReport, SourceLine } from "../../app/report.ts";
import { Table } from "../../app/Table.tsx";
import { basisText } from "../charts/LatencyFigure.tsx";
import { Source } from "../sources/Source.tsx";

/** Where each number of an option comes from. */
export function Details({ option, sources }: { option: OptionReport; sources: SourceLine[] }) {
  return (
    <div class="provenance">
      <Lines lines={option.lines} sources={sources} />
      <Facts option={option} />
      <Rules option={option} />
      {option.notes.map((note) => (
        <p key={note}>
          <Prose text={note} />
        </p>
      ))}
    </div>
  );
}

function Lines({ lines, sources }: { lines: CostLine[]; sources: SourceLine[] }) {
  if (!lines.length) return <p>No price is known, so there is no bill.</p>;
  return (
    <Table
      caption="Cost lines"
      columns={[
        { title: "Cost line", of: ({ name }) => name },
        { title: "Per month", isNumber: true, of: ({ usd: cost }) => usd(cost) },
        { title: "Formula", of: ({ formula }) => formula },
        { title: "Source", of: ({ source }) => <SourceAt sources={sources} index={source} /> },
      ]}
      rows={lines}
      keyOf={({ id }, index) => `${id} ${index}`}
    />
  );
}

function SourceAt({ sources, index }: { sources: SourceLine[]; index: number | null | undefined }) {
  const source = index === null || index === undefined ? undefined : sources[index];
  return source ? <Source source={source} /> : <>–</>;
}

function Facts({ option }: { option: OptionReport }) {
  const { latency } = option;
  const facts: [string, ComponentChildren][] = [
    ["Mean cost above the cheapest", option.regret_usd === null ? null : usd(option.regret_usd)],
    ["Speed known as", latency && basisText({ latency })],
    ["Whole answer, p50", latency && seconds(latency.e2e_p50_s)],
    ["One unit serves", perMonth(option.capacity_tokens_per_month)],
    ["Limited by", option.limited_by],
    ["Tokens kept local", option.kind === "api" ? null : percent(option.local_share)],
    [
      "Pays for itself after",
      option.payback_months === null ? null : months(option.payback_months),
    ],
    ["Cheaper than the cheapest API from", utilised(option.break_even_utilisation)],
    ["Retired", option.retired],
    ["Successor", successor(option)],
    ["Another price list", option.disagreement && disagreement(option.disagreement)],
  ];
  const known = facts.filter(([, value]) => value !== null);
  return (
    <dl class="facts">
      {known.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function perMonth(tokens: number | null): string | null {
  return tokens === null ? null : `${amount(tokens)} tokens a month, at this traffic's shape`;
}

function utilised(share: number | null): string | null {
  return share === null ? null : `${percent(share)} utilisation`;
}

function successor({ successor: next }: OptionReport): string | null {
  return next && `${next.name}, ${usd(next.usd_per_month)} a month`;
}

function disagreement(said: Disagreement): string {
  const there = `${usd(said.usd_per_input_mtok)} / ${usd(said.usd_per_output_mtok)}`;
  const here = `${usd(said.here_usd_per_input_mtok)} / ${usd(said.here_usd_per_output_mtok)}`;
  return `${said.source} says ${there} per M input / output tokens, counted here are ${here}`;
}

function Rules({ option }: { option: OptionReport }) {
  return (
    <Table
      caption="Rules"
      columns={[
        { title: "Rule", of: ({ rule }) => rule.replaceAll("_", " ") },
        { title: "Outcome", of: ({ outcome }) => outcome },
        { title: "Reason", of: ({ reason }) => <Prose text={reason} /> },
      ]}
      rows={option.verdicts}
      keyOf={({ rule }, index) => `${rule} ${index}`}
    />
  );
}

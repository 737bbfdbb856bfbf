/** The answer first: one sentence, its figures, its reasons, what would flip it. */

import type { ComponentChildren } from "preact";
import { percent, seconds, usd } from "../../app/amounts.ts";
import { Prose } from "../../app/Prose.tsx";
import type { OptionReport, Report, RuleOfThumb } from "../../app/report.ts";
import { optionsById, problem, report } from "../../app/state.ts";

export function Verdict() {
  const found = report.value;
  if (!found) {
    return problem.value ? null : <p class="loading">Working out what is cheapest…</p>;
  }
  const { verdict } = found;
  const option = verdict.option === null ? undefined : optionsById.value.get(verdict.option);
  return (
    <section class="verdict" aria-labelledby="verdict">
      <h2 id="verdict" aria-live="polite" data-option={verdict.option ?? ""}>
        <Prose text={verdict.sentence} />
      </h2>
      {option && <Figures option={option} />}
      <div class="why">
        <Sentences title="Why" all={verdict.reasons} />
        <Sentences title="What would flip it" all={verdict.flips} />
        <Sentences title="Check first" all={verdict.conditions} />
        {verdict.rule_of_thumb && <Thumb rule={verdict.rule_of_thumb} />}
      </div>
      <Notes report={found} />
    </section>
  );
}

function Figures({ option }: { option: OptionReport }) {
  const { latency } = option;
  return (
    <dl class="figures">
      <Fact title="Per month" value={usd(option.usd_per_month)}>
        {option.low_usd !== null &&
          `${usd(option.low_usd)} – ${usd(option.high_usd)} in 80 % of cases`}
      </Fact>
      {option.p_cheapest !== null && (
        <Fact title="Cheapest in" value={percent(option.p_cheapest)}>
          {Number(option.regret_usd) > 0
            ? `of cases; over all of them ${usd(option.regret_usd)} above the cheapest`
            : "of cases"}
        </Fact>
      )}
      {latency && (
        <Fact title="First token" value={seconds(latency.ttft_p50_s)}>
          {latency.ttft_p95_s !== null && `${seconds(latency.ttft_p95_s)} at p95, `}
          {latency.basis.kind}
        </Fact>
      )}
      {option.kind !== "api" && (
        <Fact title="Kept local" value={percent(option.local_share)}>
          {option.utilisation !== null && `${percent(option.utilisation)} utilised`}
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: { title: string; value: string; children?: ComponentChildren }) {
  return (
    <div>
      <dt>{props.title}</dt>
      <dd class="value">{props.value}</dd>
      {props.children && <dd class="more">{props.children}</dd>}
    </div>
  );
}

function Sentences({ title, all }: { title: string; all: string[] }) {
  if (!all.length) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {all.map((each) => (
          <li key={each}>
            <Prose text={each} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Thumb({ rule }: { rule: RuleOfThumb }) {
  const [mark, word] =
    rule.agrees === null ? ["?", "undecided"] : rule.agrees ? ["✓", "agrees"] : ["≠", "disagrees"];
  return (
    <div class="thumb">
      <h3>
        Rule of thumb{" "}
        <span class={`badge ${word}`}>
          <span aria-hidden="true">{mark}</span> {word}
        </span>
      </h3>
      <p>
        <Prose text={rule.sentence} />
      </p>
    </div>
  );
}

function Notes({ report: { workload } }: { report: Report }) {
  if (!workload.notes.length) return null;
  return (
    <ul class="notes">
      {workload.notes.map((note) => (
        <li key={note}>
          <Prose text={note} />
        </li>
      ))}
    </ul>
  );
}

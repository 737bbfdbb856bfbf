/** How much: tokens a month, or requests and their lengths. */

import { amount, percent, round } from "../../app/amounts.ts";
import { change } from "../../app/ask.ts";
import { Pick } from "../../app/Pick.tsx";
import type { Question, WholeQuestion } from "../../app/question.ts";
import type { WorkloadReport } from "../../app/report.ts";
import { Slider } from "../../app/Slider.tsx";
import { report } from "../../app/state.ts";
import { AskedNumber } from "./AskedNumber.tsx";

const LOGARITHM = {
  of: (value: number) => Math.log10(Math.max(value, 1)),
  at: (place: number) => round(10 ** place, 3),
};
const WAYS = [
  { id: "tokens", title: "tokens per month" },
  { id: "requests", title: "requests and their lengths" },
];

export function Volume({ asked }: { asked: WholeQuestion }) {
  if (asked.traffic) {
    return <p class="hint">The volume comes from {asked.traffic.name}. Remove it to set one.</p>;
  }
  const way = asked.requests_per_month === null ? "tokens" : "requests";
  const choose = (to: string) => {
    const now = report.value?.workload;
    if (now) change(to === "requests" ? asRequests(now) : asTokens(now));
  };
  return (
    <>
      {way === "tokens" ? <Tokens asked={asked} /> : <Requests asked={asked} />}
      <Pick name="volume" label="Volume as" value={way} entries={WAYS} onValue={choose} />
    </>
  );
}

/** The same workload, said in the other way. */
function asRequests(now: WorkloadReport): Question {
  return {
    requests_per_month: round(now.requests_per_month, 6),
    input_tokens: round(now.mean_input_tokens, 6),
    output_tokens: round(now.mean_output_tokens, 6),
  };
}

function asTokens(now: WorkloadReport): Question {
  const length = now.mean_input_tokens + now.mean_output_tokens;
  return {
    requests_per_month: null,
    monthly_tokens: round(now.tokens_per_month, 6),
    output_share: round(now.mean_output_tokens / length, 6),
    tokens_per_request: round(length, 6),
  };
}

function Tokens({ asked }: { asked: WholeQuestion }) {
  const { monthly_tokens: tokens, output_share: share } = asked;
  return (
    <>
      <Slider
        name="monthly_tokens"
        label="Monthly tokens"
        value={tokens}
        min={6}
        max={12}
        step={0.01}
        place={LOGARITHM}
        spoken={`${amount(tokens)} tokens`}
        marks={["1M", "1B", "1T"]}
        onValue={(value) => change({ monthly_tokens: value })}
      />
      <Slider
        name="output_share"
        label="Output token ratio"
        value={share}
        scale={100}
        unit="%"
        min={0.1}
        max={0.9}
        step={0.01}
        place={{ of: (value) => value, at: (place) => round(place, 2) }}
        spoken={`${percent(share)} output`}
        marks={["10% output", "50%", "90% output"]}
        hint={`Input tokens: ${amount(tokens * (1 - share))} · output tokens: ${amount(tokens * share)}`}
        onValue={(value) => change({ output_share: value })}
      />
      <AskedNumber asked={asked} name="tokens_per_request" label="Tokens per request" />
    </>
  );
}

function Requests({ asked }: { asked: WholeQuestion }) {
  const requests = asked.requests_per_month ?? 0;
  return (
    <>
      <Slider
        name="requests_per_month"
        label="Requests per month"
        value={requests}
        min={3}
        max={9}
        step={0.01}
        place={LOGARITHM}
        spoken={`${amount(requests)} requests`}
        marks={["1k", "1M", "1B"]}
        onValue={(value) => change({ requests_per_month: value })}
      />
      <AskedNumber asked={asked} name="input_tokens" label="Input tokens of a request" />
      <AskedNumber asked={asked} name="output_tokens" label="Output tokens of a request" />
    </>
  );
}

/** Hard rules: speed, quality, where data may go, what the team can carry. */

import { change } from "../../app/ask.ts";
import { Checks, Pick } from "../../app/Pick.tsx";
import type { Need, WholeQuestion } from "../../app/question.ts";
import { choices } from "../../app/state.ts";
import { AskedNumber } from "./AskedNumber.tsx";

export function Needs({ asked }: { asked: WholeQuestion }) {
  const known = choices.value;
  if (!known) return null;
  const regions = known.regions.map((id) => ({ id, title: id.toUpperCase() }));
  const needs = known.needs.map(({ id, title, why }) => ({ id, title, note: why }));
  return (
    <>
      <fieldset class="field" data-field="needs">
        <legend>Why data may have to stay home</legend>
        <Checks
          name="needs"
          entries={needs}
          chosen={asked.needs}
          onChosen={(ids) => change({ needs: ids.length ? (ids as Need[]) : undefined })}
        />
      </fieldset>
      {asked.needs.length > 0 && <Contracts asked={asked} />}
      <Pick
        name="region"
        label="Data must stay in"
        value={asked.region ?? ""}
        entries={[{ id: "", title: "anywhere" }, ...regions]}
        onValue={(id) => change({ region: id || undefined })}
      />
      <Limits asked={asked} />
    </>
  );
}

function Limits({ asked }: { asked: WholeQuestion }) {
  return (
    <>
      <AskedNumber
        asked={asked}
        name="ttft_s"
        label="First token within, at p95"
        unit="s"
        placeholder="any"
      />
      <AskedNumber
        asked={asked}
        name="tokens_per_s"
        label="Speed of an answer, at least"
        unit="tokens/s"
        placeholder="any"
      />
      <AskedNumber
        asked={asked}
        name="quality_floor"
        label="Quality (MMLU-Pro), at least"
        unit="%"
        placeholder="any"
      />
      <AskedNumber
        asked={asked}
        name="team_hours_per_month"
        label="Hours a month the team can give"
        unit="h"
        placeholder="any"
      />
    </>
  );
}

/** Providers with whom the contracts exist that these needs call for. */
function Contracts({ asked }: { asked: WholeQuestion }) {
  const known = choices.value;
  if (!known) return null;
  const ids = new Set(asked.apis ?? known.usual_apis);
  const compared = known.apis.filter(({ id }) => ids.has(id)).map(({ provider }) => provider);
  const providers = [...new Set([...compared, ...asked.signed])].sort();
  return (
    <fieldset class="field" data-field="signed">
      <legend>Contracts you hold (BAA, DPA, zero retention)</legend>
      <Checks
        name="signed"
        entries={providers.map((id) => ({ id, title: id }))}
        chosen={asked.signed}
        onChosen={(signed) => change({ signed: signed.length ? signed : undefined })}
      />
    </fieldset>
  );
}

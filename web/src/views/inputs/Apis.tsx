/** Which hosted models to compare: a list to search in. */

import { useState } from "preact/hooks";
import { change, commit } from "../../app/ask.ts";
import type { HostedChoice } from "../../app/choices.ts";
import { Checks, type Entry } from "../../app/Pick.tsx";
import type { WholeQuestion } from "../../app/question.ts";
import { choices } from "../../app/state.ts";

export function Apis({ asked }: { asked: WholeQuestion }) {
  const [filter, setFilter] = useState("");
  const known = choices.value;
  const [first] = useState(asked.apis ?? known?.usual_apis ?? []);
  if (!known) return null;
  const chosen = asked.apis ?? known.usual_apis;
  // What was chosen when this was opened comes first; later it stays where it is.
  const isFirst = ({ id }: HostedChoice) => Number(first.includes(id));
  const shown = known.apis
    .filter((each) => matches(each, filter))
    .toSorted((one, other) => isFirst(other) - isFirst(one));
  return (
    <fieldset class="field" data-field="apis">
      <legend class="unseen">Hosted models to compare</legend>
      <label for="apis">Find a model or provider</label>
      <input
        id="apis"
        type="search"
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
      />
      <p class="hint" role="status">
        {chosen.length} chosen, {shown.length} listed
      </p>
      <div class="scroll">
        <Checks
          name="apis"
          entries={shown.map(entry)}
          chosen={chosen}
          onChosen={(apis) => change({ apis })}
        />
      </div>
      <Usual
        isUsual={asked.apis === null}
        reset={() => {
          change({ apis: undefined });
          commit();
        }}
      />
    </fieldset>
  );
}

export function Usual({ isUsual, reset }: { isUsual: boolean; reset: () => void }) {
  return (
    <button type="button" class="quiet" disabled={isUsual} onClick={reset}>
      Take the usual ones
    </button>
  );
}

function matches({ name, id, provider }: HostedChoice, filter: string): boolean {
  const text = `${name} ${id} ${provider}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function entry({ id, name, retired }: HostedChoice): Entry {
  return { id, title: retired ? `${name} (retired ${retired})` : name, note: id };
}

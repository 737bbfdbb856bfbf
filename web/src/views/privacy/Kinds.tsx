/** What to look for, in groups by what a finding rests on. */

import type { Certainty } from "../../app/scanned.ts";
import { certainties, isUsual, setWanted, wanted } from "./ask.ts";

export const GROUPS: { id: Certainty; title: string; hint: string }[] = [
  { id: "identifier", title: "Identifiers", hint: "by their form and check digits" },
  { id: "secret", title: "Secrets", hint: "keys, tokens and passwords" },
  {
    id: "context",
    title: "Names and places",
    hint: "by the words around them; a route looks for these only where it says so",
  },
];

export function Kinds() {
  const known = Object.entries(certainties.value);
  if (!known.length) return <div class="kinds" />;
  return (
    <section class="card kinds" aria-labelledby="kinds-title">
      <div class="figure-head">
        <h2 id="kinds-title">What to look for</h2>
        <button type="button" class="quiet" disabled={isUsual} onClick={() => setWanted(null)}>
          Reset
        </button>
      </div>
      {GROUPS.map(({ id, title, hint }) => (
        <Kind
          key={id}
          title={title}
          hint={hint}
          labels={known.filter(([, rests_on]) => rests_on === id).map(([label]) => label)}
        />
      ))}
    </section>
  );
}

function Kind({ title, hint, labels }: { title: string; hint: string; labels: string[] }) {
  const others = wanted.value.filter((label) => !labels.includes(label));
  const on = labels.filter((label) => wanted.value.includes(label));
  const toggle = (label: string, isOn: boolean) =>
    setWanted([...others, ...(isOn ? [...on, label] : on.filter((each) => each !== label))]);
  return (
    <fieldset class="kind">
      <legend>
        {title}
        <span class="hint">, {hint}</span>
      </legend>
      <ul class="chips">
        {labels.map((label) => (
          <li key={label}>
            <label class="chip">
              <input
                type="checkbox"
                name="detect"
                value={label}
                checked={on.includes(label)}
                onChange={(event) => toggle(label, event.currentTarget.checked)}
              />
              <span>{label}</span>
            </label>
          </li>
        ))}
      </ul>
      {labels.length > 1 && (
        <div class="row">
          <button
            type="button"
            class="quiet"
            disabled={on.length === labels.length}
            onClick={() => setWanted([...others, ...labels])}
          >
            All<span class="unseen"> {title}</span>
          </button>
          <button
            type="button"
            class="quiet"
            disabled={!on.length}
            onClick={() => setWanted(others)}
          >
            None<span class="unseen"> of {title}</span>
          </button>
        </div>
      )}
    </fieldset>
  );
}

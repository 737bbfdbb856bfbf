/** What is done about each label that was found. */

import type { Action } from "../../app/scanned.ts";
import { type Answer, actionOf, setAction } from "./ask.ts";
import { ACTIONS } from "./leaving.ts";

export function Treatments({ answer }: { answer: Answer }) {
  const counts = Object.entries(answer.said.labels);
  if (!counts.length) return null;
  return (
    <section class="card" id="treatments" aria-labelledby="treatments-title">
      <h2 id="treatments-title">What is done about it</h2>
      <ul class="treatments">
        {counts.map(([label, count]) => (
          <li key={label}>
            <label for={`action-${label}`}>
              {label} <span class="badge">{count}</span>
            </label>
            <select
              id={`action-${label}`}
              value={actionOf(label)}
              onChange={(event) => setAction(label, event.currentTarget.value as Action)}
            >
              {ACTIONS.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </li>
        ))}
      </ul>
      <p class="hint">
        What is masked gets a pseudonym that is undone in the answer; what is redacted is gone for
        good.
      </p>
    </section>
  );
}

/** A label, its control, a hint, and what is wrong with it. */

import type { ComponentChildren } from "preact";
import { Prose } from "./Prose.tsx";
import { problem } from "./state.ts";

export interface FieldProps {
  /** Also the id of the control, and the name by which the gateway complains about it. */
  name: string;
  label: string;
  hint?: ComponentChildren;
}

/** What the gateway said about a field, if anything. */
export function complaint(name: string): string | null {
  const said = problem.value;
  if (said?.param !== name) return null;
  return said.hint ? `${said.message}: ${said.hint}` : said.message;
}

/** Ids of the texts that describe a control. */
export function describedBy(name: string, hint: unknown, error: unknown): string | undefined {
  const ids = [hint ? `${name}-hint` : "", error ? `${name}-error` : ""].filter(Boolean);
  return ids.join(" ") || undefined;
}

export function Field(props: FieldProps & { error?: string | null; children: ComponentChildren }) {
  const { name, label, hint, error, children } = props;
  return (
    <div class="field" data-field={name}>
      <label for={name}>{label}</label>
      <div class="control">{children}</div>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${name}-error`}>
          <Prose text={error} />
        </p>
      )}
    </div>
  );
}

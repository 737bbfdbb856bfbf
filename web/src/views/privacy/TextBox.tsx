/** Where the text is written, and in a sentence what is in it once things have come to rest. */

import { answer, isScanning, setText, text } from "./ask.ts";
import { EXAMPLE } from "./example.ts";
import { list } from "./leaving.ts";

const BOX = "scanned-text";

export function TextBox() {
  return (
    <section class="card text" aria-labelledby="text-title">
      <h2 id="text-title">
        <label for={BOX}>A text to try</label>
      </h2>
      <textarea
        id={BOX}
        rows={8}
        value={text}
        placeholder="Write or paste a prompt"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        aria-describedby="text-promise"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="row">
        <button type="button" onClick={() => setText(EXAMPLE)}>
          Try an example
        </button>
        <button type="button" disabled={!text.value} onClick={() => setText("")}>
          Clear
        </button>
        <span role="status" class="hint">
          {isScanning.value ? (
            <span aria-hidden="true">{text.value && "Reading …"}</span>
          ) : (
            summary()
          )}
        </span>
      </div>
      <p class="hint" id="text-promise">
        Only this gateway reads it: it is not sent on and not recorded, and this page forgets it
        when it is closed or loaded again.
      </p>
    </section>
  );
}

export function SkipToText() {
  return (
    <button type="button" class="skip" onClick={() => box()?.focus()}>
      Skip to the text
    </button>
  );
}

/** Selects a part of the text, as a person would. */
export function select(from: number, to: number): void {
  const area = box();
  area?.focus();
  area?.setSelectionRange(from, to);
}

function box(): HTMLTextAreaElement | null {
  return document.querySelector<HTMLTextAreaElement>(`#${BOX}`);
}

function summary(): string {
  const shown = answer.value;
  if (!shown || shown.said.problem !== null) return "";
  if (shown.detect?.length === 0) return "Nothing is looked for.";
  const counts = Object.entries(shown.said.labels).map(([label, count]) => `${count} ${label}`);
  return counts.length ? `Found: ${list(counts)}.` : "Nothing was found of what is looked for.";
}

/** The text as a target outside would get it, and the settings that make it so. */

import { signal } from "@preact/signals";
import { Opens } from "../../app/Opens.tsx";
import { Prose } from "../../app/Prose.tsx";
import { copyText } from "../../app/save.ts";
import { Wide } from "../../app/Wide.tsx";
import { type Answer, isScanning } from "./ask.ts";
import { leaving, settings } from "./leaving.ts";

/** What was copied, of which answer. */
const copied = signal<{ of: Answer; said: string } | null>(null);

export function Leaves({ answer }: { answer: Answer }) {
  const { leaves, sentence } = leaving(answer.treatments);
  const route = settings(answer.detect, answer.treatments);
  return (
    <section class="card" id="leaves" aria-labelledby="leaves-title">
      <div class="figure-head">
        <h2 id="leaves-title">As it would leave</h2>
        {leaves && <Copy answer={answer} what="The text" text={answer.said.masked} />}
      </div>
      <p>
        <Prose text={sentence} />
      </p>
      {leaves && (
        <>
          <Wide label="The text as it would leave">
            <p class="reader">{answer.said.masked}</p>
          </Wide>
          <p class="hint">A conversation has pseudonyms of its own; these are this page's.</p>
        </>
      )}
      <Opens name="as-table" title="As settings of a route">
        <pre class="settings">{route}</pre>
        <Copy answer={answer} what="The settings" text={route} />
      </Opens>
      <p role="status" class="hint">
        {copied.value?.of === answer && copied.value.said}
      </p>
    </section>
  );
}

/** Never copies what is not of the text as it stands. */
function Copy({ answer, what, text }: { answer: Answer; what: string; text: string }) {
  const copy = async () => {
    try {
      await copyText(text);
      copied.value = { of: answer, said: `${what} copied` };
    } catch (error) {
      copied.value = { of: answer, said: `Not copied: ${String(error)}` };
    }
  };
  return (
    <button type="button" disabled={isScanning} onClick={() => void copy()}>
      Copy<span class="unseen"> {what.toLowerCase()}</span>
    </button>
  );
}

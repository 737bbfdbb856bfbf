/** A text to try: what is found in it, what is done about that, and how it would leave. */

import { useEffect } from "preact/hooks";
import { Prose } from "../../app/Prose.tsx";
import { answer, certainties, isScanning, scan, TOO_LONG, trouble } from "./ask.ts";
import { Findings } from "./Findings.tsx";
import { Found } from "./Found.tsx";
import { Kinds } from "./Kinds.tsx";
import { Leaves } from "./Leaves.tsx";
import { TextBox } from "./TextBox.tsx";
import { Treatments } from "./Treatments.tsx";

/** Nothing of it is for machines elsewhere: neither for translators nor for spell checkers. */
export function Privacy() {
  useEffect(() => {
    if (!Object.keys(certainties.value).length) void scan();
  }, []);
  return (
    <div class="privacy notranslate" translate={false}>
      <TextBox />
      <Kinds />
      <div class="outcome">
        <Trouble />
        <Outcome />
      </div>
    </div>
  );
}

function Outcome() {
  const shown = answer.value;
  if (!shown) return null;
  const { problem } = shown.said;
  if (problem !== null) return <Unscanned problem={problem} />;
  return (
    <>
      <Found answer={shown} />
      <Treatments answer={shown} />
      <Leaves answer={shown} />
      <Findings answer={shown} />
    </>
  );
}

function Unscanned({ problem }: { problem: string }) {
  return (
    <div class="trouble" role="alert">
      <p>
        It could not be scanned: <Prose text={problem} />.
      </p>
      <p class="hint">
        So nothing is known of it, and a route that looks for anything keeps it local.
      </p>
    </div>
  );
}

function Trouble() {
  const said = trouble.value;
  if (!said) return null;
  return (
    <div class="trouble" role="alert">
      <p>
        <Prose text={said.hint ? `${said.message}: ${said.hint}` : said.message} />
      </p>
      {said.status !== TOO_LONG && (
        <button type="button" disabled={isScanning} onClick={() => void scan()}>
          Try again
        </button>
      )}
    </div>
  );
}

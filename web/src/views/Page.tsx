/** The whole page, from the answer down to its sources. */

import { useContext } from "preact/hooks";
import { load } from "../app/ask.ts";
import { Printing } from "../app/Opens.tsx";
import { Prose } from "../app/Prose.tsx";
import { Shown } from "../app/Shown.tsx";
import { isBusy, needsKey, problem, report, whole } from "../app/state.ts";
import { view } from "../app/view.ts";
import { Header } from "./header/Header.tsx";
import { Asked } from "./inputs/Asked.tsx";
import { Inputs } from "./inputs/Inputs.tsx";
import { KeyForm } from "./key/KeyForm.tsx";
import { isScanning } from "./privacy/ask.ts";
import { Privacy } from "./privacy/Privacy.tsx";
import { SkipToText } from "./privacy/TextBox.tsx";
import { Results } from "./Results.tsx";
import { Share } from "./share/Share.tsx";
import { Verdict } from "./verdict/Verdict.tsx";

export function Page({ retry, isPrinting }: { retry: () => void; isPrinting: boolean }) {
  const isPlan = view.value === "plan";
  return (
    <Printing.Provider value={isPrinting}>
      {isPlan ? (
        <a class="skip" href="#inputs">
          Skip to the inputs
        </a>
      ) : (
        <SkipToText />
      )}
      <Header />
      <main aria-busy={isPlan ? isBusy : isScanning}>
        {needsKey.value ? <KeyForm retry={retry} /> : isPlan ? <Plan /> : <Privacy />}
      </main>
      <footer>
        <p>Worked out by this gateway. No request leaves it.</p>
      </footer>
    </Printing.Provider>
  );
}

function Plan() {
  return (
    <>
      <Trouble />
      <Verdict />
      <Inputs />
      <Results
        take={<Shown name="take" draw={(found) => <Share report={found} />} />}
        asked={<PrintedQuestion />}
      />
    </>
  );
}

/** On paper the inputs are a table. */
function PrintedQuestion() {
  const isPrinting = useContext(Printing);
  return isPrinting && whole.value ? <Asked of={whole.value} /> : null;
}

/** What the gateway refused, where no field is named that is on the page. */
function Trouble() {
  const said = problem.value;
  if (!said) return null;
  return (
    <div class="trouble" role="alert">
      <p>
        <Prose text={said.hint ? `${said.message}: ${said.hint}` : said.message} />
      </p>
      {report.value ? (
        <p class="hint">What is shown is the last plan that could be worked out.</p>
      ) : (
        <button type="button" onClick={load}>
          Try again
        </button>
      )}
    </div>
  );
}

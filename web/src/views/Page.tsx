/** The whole page, from the answer down to its sources. */

import { load } from "../app/ask.ts";
import { Printing } from "../app/Opens.tsx";
import { Prose } from "../app/Prose.tsx";
import { Shown } from "../app/Shown.tsx";
import { isBusy, needsKey, problem, report, settled } from "../app/state.ts";
import { BreakdownFigure } from "./charts/BreakdownFigure.tsx";
import { CostFigure } from "./charts/CostFigure.tsx";
import { LatencyFigure } from "./charts/LatencyFigure.tsx";
import { TornadoFigure } from "./charts/TornadoFigure.tsx";
import { Classic } from "./classic/Classic.tsx";
import { Header } from "./header/Header.tsx";
import { Asked } from "./inputs/Asked.tsx";
import { Inputs } from "./inputs/Inputs.tsx";
import { KeyForm } from "./key/KeyForm.tsx";
import { Options } from "./options/Options.tsx";
import { Share } from "./share/Share.tsx";
import { Sources } from "./sources/Sources.tsx";
import { Verdict } from "./verdict/Verdict.tsx";

export function Page({ retry, isPrinting }: { retry: () => void; isPrinting: boolean }) {
  return (
    <Printing.Provider value={isPrinting}>
      <a class="skip" href="#inputs">
        Skip to the inputs
      </a>
      <Header />
      <main aria-busy={isBusy}>{needsKey.value ? <KeyForm retry={retry} /> : <Plan />}</main>
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
      <Results />
    </>
  );
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

function Results() {
  if (!settled.value) return <div class="results" />;
  return (
    <div class="results">
      <Shown name="take" draw={(found) => <Share report={found} />} />
      <Shown name="cost" draw={(found) => <CostFigure report={found} />} />
      <Shown name="classic" draw={(found) => <Classic report={found} />} />
      <Shown name="breakdown" draw={(found) => <BreakdownFigure report={found} />} />
      <Shown name="latency" draw={(found) => <LatencyFigure report={found} />} />
      <Shown name="tornado" draw={(found) => <TornadoFigure report={found} />} />
      <Shown name="options" draw={(found) => <Options report={found} />} />
      <Asked />
      <Shown name="sources" draw={(found) => <Sources report={found} />} />
    </div>
  );
}

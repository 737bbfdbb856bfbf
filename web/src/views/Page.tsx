/** The whole page, from the answer down to its sources. */

import { load } from "../app/ask.ts";
import { isAsking, needsKey, problem, report } from "../app/state.ts";
import { marksOf } from "../charts/marks.ts";
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

export function Page({ retry }: { retry: () => void }) {
  return (
    <>
      <a class="skip" href="#inputs">
        Skip to the inputs
      </a>
      <Header />
      <main aria-busy={isAsking}>{needsKey.value ? <KeyForm retry={retry} /> : <Plan />}</main>
      <footer>
        <p>Worked out by this gateway. No request leaves it.</p>
      </footer>
    </>
  );
}

function Plan() {
  return (
    <>
      <Trouble />
      <Verdict />
      <div class="workbench">
        <Inputs />
        <Results />
      </div>
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
        {said.message}
        {said.hint && `: ${said.hint}`}
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
  const found = report.value;
  if (!found) return <div class="results" />;
  const marks = marksOf(found.options);
  return (
    <div class="results">
      <Share report={found} />
      <CostFigure report={found} marks={marks} />
      <Classic />
      <BreakdownFigure options={found.options} marks={marks} />
      <LatencyFigure options={found.options} marks={marks} />
      <TornadoFigure bars={found.tornado} />
      <Options report={found} marks={marks} />
      <Asked />
      <Sources report={found} />
    </div>
  );
}

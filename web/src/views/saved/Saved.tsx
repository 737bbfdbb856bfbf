/** A report that was saved as a file: the answer as it was, with nothing to change or to fetch. */

import { Printing } from "../../app/Opens.tsx";
import type { WholeQuestion } from "../../app/question.ts";
import type { Report } from "../../app/report.ts";
import { Asked } from "../inputs/Asked.tsx";
import { Results } from "../Results.tsx";
import { Verdict } from "../verdict/Verdict.tsx";

export function Saved({ report, isPrinting }: { report: Report; isPrinting: boolean }) {
  return (
    <Printing.Provider value={isPrinting}>
      <header>
        <div class="brand">
          <h1>Cloud API or own hardware?</h1>
          <p>
            A plan with the prices of {report.question.as_of}, by Headgate {report.headgate_version}
          </p>
        </div>
      </header>
      <main class="saved">
        <Verdict />
        <Results asked={<Asked of={report.question as WholeQuestion} />} />
      </main>
      <footer>
        <p>
          The same question on the page of <code>headgate serve</code>: <code>/?{report.link}</code>
        </p>
      </footer>
    </Printing.Provider>
  );
}

/** The report inside this file, where there is one. */
export function savedReport(): Report | null {
  const text = document.getElementById("report")?.textContent;
  return text ? (JSON.parse(text) as Report) : null;
}

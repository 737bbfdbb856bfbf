/** Take the plan along: as a link, text, data, or a page of its own. */

import { signal } from "@preact/signals";
import { type ExportForm, exported, Problem } from "../../app/api.ts";
import { addressOf } from "../../app/ask.ts";
import type { Report } from "../../app/report.ts";
import { copyText, saveText } from "../../app/save.ts";
import { whole } from "../../app/state.ts";

const said = signal("");

export function Share({ report }: { report: Report }) {
  const copy = (what: string, text: () => Promise<string>) =>
    void tell(async () => {
      await copyText(await text());
      return `${what} copied`;
    });
  const file = () =>
    void tell(async () => {
      saveText(
        await exported(whole.value ?? report.question, "html"),
        "headgate-plan.html",
        "text/html",
      );
      return "Report saved";
    });
  const as = (form: ExportForm) => () => exported(whole.value ?? report.question, form);
  const isLinkShort = report.question.traffic && !report.link.includes("traffic=");
  return (
    <section class="share" aria-label="Take it along">
      <button
        type="button"
        onClick={() => copy("Link", async () => location.origin + addressOf(report))}
      >
        Copy link
      </button>
      <button type="button" onClick={() => copy("CSV", as("csv"))}>
        Copy CSV
      </button>
      <button
        type="button"
        onClick={() => copy("JSON", async () => JSON.stringify(report, null, 2))}
      >
        Copy JSON
      </button>
      <button type="button" onClick={() => copy("Markdown", as("markdown"))}>
        Copy Markdown
      </button>
      <button type="button" onClick={file}>
        Save report (HTML)
      </button>
      <button type="button" onClick={() => window.print()}>
        Print
      </button>
      <span role="status" class="hint">
        {said}
      </span>
      {isLinkShort && (
        <p class="hint">The link does not hold the usage file; the JSON and the report do.</p>
      )}
    </section>
  );
}

async function tell(doing: () => Promise<string>): Promise<void> {
  said.value = "";
  try {
    said.value = await doing();
  } catch (error) {
    said.value = error instanceof Problem ? error.message : `Not copied: ${String(error)}`;
  }
}

import { render } from "preact";
import { fetchChoices, Problem } from "./app/api.ts";
import { load } from "./app/ask.ts";
import { choices, needsKey, problem, report, settled } from "./app/state.ts";
import { startTheme } from "./app/theme.ts";
import { look, startViews, view } from "./app/view.ts";
import "./style/page.css";
import { Page } from "./views/Page.tsx";
import { scan } from "./views/privacy/ask.ts";
import { Saved, savedReport } from "./views/saved/Saved.tsx";

async function start(): Promise<void> {
  load();
  try {
    choices.value = await fetchChoices();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) needsKey.value = true;
    else problem.value = error;
  }
}

function startAll(): void {
  void start();
  if (view.value === "privacy") void scan();
}

/** Back and forth: between plans, and between views. */
function move(): void {
  look();
  load();
}

const saved = savedReport();

function draw(isPrinting: boolean): void {
  const place = document.getElementById("page");
  if (!place) return;
  if (saved) render(<Saved report={saved} isPrinting={isPrinting} />, place);
  else render(<Page retry={startAll} isPrinting={isPrinting} />, place);
}

function begin(): void {
  if (saved) {
    report.value = saved;
    settled.value = saved;
  } else {
    startTheme();
    startViews();
    window.addEventListener("popstate", move);
    void start();
  }
  draw(false);
  window.addEventListener("beforeprint", () => draw(true));
  window.addEventListener("afterprint", () => draw(false));
}

begin();

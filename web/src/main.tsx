import { render } from "preact";
import { fetchChoices, Problem } from "./app/api.ts";
import { load } from "./app/ask.ts";
import { preparePrinting } from "./app/print.ts";
import { choices, needsKey, problem } from "./app/state.ts";
import { startTheme } from "./app/theme.ts";
import "./style/page.css";
import { Page } from "./views/Page.tsx";

startTheme();
preparePrinting();

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

const place = document.getElementById("page");
if (place) render(<Page retry={() => void start()} />, place);
window.addEventListener("popstate", load);
void start();

import { render } from "preact";
import { fetchChoices, Problem } from "./app/api.ts";
import { load } from "./app/ask.ts";
import { choices, needsKey, problem } from "./app/state.ts";
import { startTheme } from "./app/theme.ts";
import "./style/page.css";
import { Page } from "./views/Page.tsx";

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

function draw(isPrinting: boolean): void {
  const place = document.getElementById("page");
  if (place) render(<Page retry={() => void start()} isPrinting={isPrinting} />, place);
}

startTheme();
draw(false);
window.addEventListener("popstate", load);
window.addEventListener("beforeprint", () => draw(true));
window.addEventListener("afterprint", () => draw(false));
void start();

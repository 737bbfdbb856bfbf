/** The name, where to begin, and how it looks. */

import { jump } from "../../app/ask.ts";
import { choices, question } from "../../app/state.ts";
import { nextTheme, theme } from "../../app/theme.ts";
import { addressIn, go, type View, view } from "../../app/view.ts";
import { Help } from "../help/Help.tsx";

const QUESTIONS: Record<View, string> = {
  plan: "Cloud API or own hardware?",
  privacy: "What would leave?",
};

export function Header() {
  return (
    <header>
      <div class="brand">
        <h1>{QUESTIONS[view.value]}</h1>
        <p>
          <a href="/">Headgate</a> {view.value === "plan" ? "planner" : "privacy"}
        </p>
      </div>
      <nav class="views" aria-label="Views">
        <ViewLink to="plan" title="Planner" />
        <ViewLink to="privacy" title="Privacy" />
      </nav>
      {view.value === "plan" && <Presets />}
      <div class="tools">
        <button type="button" class="quiet" onClick={nextTheme}>
          Theme: {theme}
        </button>
        <Help />
      </div>
    </header>
  );
}

function ViewLink({ to, title }: { to: View; title: string }) {
  const follow = (event: MouseEvent) => {
    // With a key held down the browser opens a tab or a window.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={addressIn(to)} aria-current={view.value === to ? "page" : undefined} onClick={follow}>
      {title}
    </a>
  );
}

function Presets() {
  const known = choices.value;
  if (!known) return null;
  const current = question.value.preset ?? "";
  return (
    <nav class="presets" aria-label="Where to begin">
      {known.presets.map(({ id, title, about, question: asked }) => (
        <button
          key={id}
          type="button"
          title={about}
          aria-pressed={current === id}
          onClick={() => jump({ ...asked, preset: id })}
        >
          {title}
        </button>
      ))}
      <button type="button" class="quiet" onClick={() => jump({})}>
        Reset
      </button>
    </nav>
  );
}

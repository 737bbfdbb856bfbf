/** The name, where to begin, and how it looks. */

import { jump } from "../../app/ask.ts";
import { choices, question } from "../../app/state.ts";
import { nextTheme, theme } from "../../app/theme.ts";
import { Help } from "../help/Help.tsx";

export function Header() {
  return (
    <header>
      <div class="brand">
        <h1>Cloud API or own hardware?</h1>
        <p>
          <a href="/">Headgate</a> planner
        </p>
      </div>
      <Presets />
      <div class="tools">
        <button type="button" class="quiet" onClick={nextTheme}>
          Theme: {theme}
        </button>
        <Help />
      </div>
    </header>
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

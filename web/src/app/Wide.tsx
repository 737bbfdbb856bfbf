import type { ComponentChildren } from "preact";

/** A place for what is wider than a small screen; arrow keys move in it. */
export function Wide({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="wide" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

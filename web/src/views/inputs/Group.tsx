import type { ComponentChildren } from "preact";

/** A part of the inputs that opens and closes. */
export function Group(props: { title: string; isOpen?: boolean; children: ComponentChildren }) {
  return (
    <details class="group" open={props.isOpen}>
      <summary>{props.title}</summary>
      <div class="fields">{props.children}</div>
    </details>
  );
}

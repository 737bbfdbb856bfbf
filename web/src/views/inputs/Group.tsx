import type { ComponentChildren } from "preact";
import { Opens } from "../../app/Opens.tsx";

/** A part of the inputs that opens and closes. */
export function Group(props: { title: string; isOpen?: boolean; children: ComponentChildren }) {
  return (
    <Opens name="group" title={props.title} isOpen={props.isOpen ?? false}>
      <div class="fields">{props.children}</div>
    </Opens>
  );
}

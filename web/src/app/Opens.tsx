/** What opens on request, and what is inside only then. On paper all is open. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useState } from "preact/hooks";

export const Printing = createContext(false);

export function Opens(props: {
  name: string;
  title: string;
  isOpen?: boolean;
  children: ComponentChildren;
}) {
  const isPrinting = useContext(Printing);
  const [isOpen, setOpen] = useState(props.isOpen ?? false);
  return (
    <details
      class={props.name}
      open={isOpen || isPrinting}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{props.title}</summary>
      {(isOpen || isPrinting) && props.children}
    </details>
  );
}

/** What the page does, and its keys. */

import { useEffect, useRef } from "preact/hooks";

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "?" || isTyping(event.target)) return;
      event.preventDefault();
      dialog.current?.showModal();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <>
      <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
        Help <kbd>?</kbd>
      </button>
      <dialog ref={dialog} aria-labelledby="help-title">
        <h2 id="help-title">About this page</h2>
        <p>
          It answers one question: cloud API or own hardware? Hard rules come first (where data may
          go, speed, quality, memory), then cost with everything counted, under uncertainty. Every
          number is worked out by this gateway, in the same code that routes requests; nothing
          leaves it.
        </p>
        <p>The address holds the whole question. Copy it, and others see the same plan.</p>
        <p>
          <em>Privacy</em> shows what this gateway finds in a text, and how it would leave.
        </p>
        <table>
          <caption>Keys</caption>
          <tbody>
            {KEYS.map(([keys, does]) => (
              <tr key={keys}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{does}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  );
}

const KEYS = [
  ["Tab", "to the next control"],
  ["← →", "moves a slider by one step, Page Up and Page Down by ten"],
  ["Home End", "moves a slider to its ends"],
  ["Space", "ticks a box, opens a part"],
  ["?", "opens this help"],
  ["Esc", "closes it"],
] as const;

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !["range", "checkbox"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

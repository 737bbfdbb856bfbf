/** How long an input takes to be seen, from its event until after the frame is painted. */

export const REDRAW = "headgate:redraw";

interface Input {
  number: number;
  at: number;
}

let unseen: Input[] = [];
let latest = 0;

/** An input happened now, or when its event says. Its number is for `seen`. */
export function happened(at: number = performance.now()): number {
  latest += 1;
  unseen.push({ number: latest, at });
  return latest;
}

/** The report for the input of this number is on the screen, and so are all before it. */
export function seen(number: number): void {
  const end = performance.now();
  for (const input of unseen) {
    if (input.number <= number) performance.measure(REDRAW, { start: input.at, end });
  }
  unseen = unseen.filter((input) => input.number > number);
}

/** Resolves right after the next frame is painted; soon, where the page is hidden. */
export function painted(): Promise<void> {
  if (document.hidden) return new Promise((resolve) => setTimeout(resolve));
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(null);
    });
  });
}

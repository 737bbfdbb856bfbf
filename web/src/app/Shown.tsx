/** Parts of the page that keep up with every input only while they can be seen. */

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Report } from "./report.ts";
import { report, settled } from "./state.ts";

const NEAR = "150px 0px";

/** The newest report while it is on the screen, else the one at which things came to rest. */
export function Shown({ name, draw }: { name: string; draw: (report: Report) => VNode | null }) {
  const place = useRef<HTMLDivElement>(null);
  const isNear = useNear(place);
  const found = isNear ? report.value : settled.value;
  return (
    <div class={`shown shown-${name}`} ref={place}>
      {found && draw(found)}
    </div>
  );
}

function useNear(place: { current: HTMLDivElement | null }): boolean {
  const [isNear, setNear] = useState(false);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const see = (entries: IntersectionObserverEntry[]) =>
      setNear(entries.at(-1)?.isIntersecting ?? false);
    const observer = new IntersectionObserver(see, { rootMargin: NEAR });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return isNear;
}

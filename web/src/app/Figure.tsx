/** A chart with its sentence, its table, and a way to take it along. */

import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Opens } from "./Opens.tsx";
import { saveSvg } from "./save.ts";
import { Wide } from "./Wide.tsx";

export interface FigureProps {
  id: string;
  title: string;
  /** What the chart shows, for those who do not see it and those in a hurry. */
  sentence: string;
  draw: (width: number) => VNode;
  /** Where a pointer is in the chart; `null` when it has left. */
  onPoint?: (at: { x: number; width: number } | null) => void;
  /** A point of the chart was clicked. */
  onPick?: (at: { x: number; width: number }) => void;
  /** The same as a table. */
  table: ComponentChildren;
  children?: ComponentChildren;
}

const FIRST_WIDTH = 760;

export function Figure(props: FigureProps) {
  const { id, title, sentence, draw, table, children, onPoint, onPick } = props;
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const at = (event: MouseEvent) => ({
    x: event.clientX - (place.current?.getBoundingClientRect().left ?? 0),
    width,
  });
  return (
    <figure id={id} aria-labelledby={`${id}-title`}>
      <div class="figure-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <button type="button" class="quiet" onClick={() => saveSvg(place.current, id)}>
          Save SVG<span class="unseen"> of {title}</span>
        </button>
      </div>
      <figcaption>{sentence}</figcaption>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for what the inputs do. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider is the way by keyboard. */}
      <div
        class={`picture ${onPick ? "pickable" : ""}`}
        ref={place}
        onPointerMove={(event) => onPoint?.(at(event))}
        onPointerLeave={() => onPoint?.(null)}
        onClick={(event) => onPick?.(at(event))}
      >
        {draw(width)}
      </div>
      {children}
      <Opens name="as-table" title="As a table">
        <Wide label={`${title}, as a table`}>{table}</Wide>
      </Opens>
    </figure>
  );
}

/** Of the place a chart is drawn in, kept up to date. */
function useWidth(place: { current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const measure = () => setWidth(Math.max(280, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}

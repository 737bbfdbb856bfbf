/** Which of its views the page shows: what stands behind the `#` of its address. */

import { effect, signal } from "@preact/signals";

export type View = "plan" | "privacy";

const HASH = "#privacy";
const PRIVACY_TITLE = "What would leave? – Headgate";

export const view = signal<View>("plan");
/** Of the page while it shows a plan: bookmarks tell plans apart. */
export const planTitle = signal("");

export function startViews(): void {
  planTitle.value = document.title;
  look();
  effect(() => {
    document.title = view.value === "privacy" ? PRIVACY_TITLE : planTitle.value;
  });
}

/** The view follows the address. */
export function look(): void {
  view.value = location.hash === HASH ? "privacy" : "plan";
}

/** Another view of the same plan: what is remembered of the plan comes along. */
export function go(to: View): void {
  if (to !== view.value) history.pushState(history.state, "", addressIn(to));
  look();
  scrollTo(0, 0);
}

export function addressIn(of: View, address = location.pathname + location.search): string {
  return of === "privacy" ? address + HASH : address;
}

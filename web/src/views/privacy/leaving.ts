/** Whether a text would leave, in words, and the settings of a route that say so. */

import type { Action, Certainty } from "../../app/scanned.ts";

export interface Treatment {
  label: string;
  action: Action;
}

export interface Leaving {
  leaves: boolean;
  sentence: string;
}

export const ACTIONS: { id: Action; title: string }[] = [
  { id: "allow", title: "Leave as it is" },
  { id: "mask", title: "Mask" },
  { id: "redact", title: "Redact" },
  { id: "local", title: "Keep it local" },
  { id: "deny", title: "Refuse" },
];

/** What the page begins with: a secret is of no use to a model, other values may be. */
export function firstAction(rests_on: Certainty | undefined): Action {
  return rests_on === "secret" ? "redact" : "mask";
}

export function leaving(found: readonly Treatment[]): Leaving {
  const named = (action: Action) =>
    list(found.filter((each) => each.action === action).map(({ label }) => `\`${label}\``));
  const [denied, local] = [named("deny"), named("local")];
  if (denied) return stays(`It would be refused, because of ${denied}: no target gets it.`);
  if (local) return stays(`It would not leave: because of ${local} only local targets get it.`);
  const done = [
    changed(named("mask"), "masked"),
    changed(named("redact"), "redacted"),
    changed(named("allow"), "as it is"),
  ].filter(Boolean);
  const how = done.length ? `with ${list(done)}` : "as it is: nothing was found";
  return { leaves: true, sentence: `It would leave ${how}.` };
}

function stays(sentence: string): Leaving {
  return { leaves: false, sentence };
}

function changed(labels: string, how: string): string {
  return labels && `${labels} ${how}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** YAML; `detect` is `null` where it is what a route looks for by default. */
export function settings(detect: readonly string[] | null, found: readonly Treatment[]): string {
  // `local` is what a route does where it says nothing.
  const said = found.filter(({ action }) => action !== "local");
  const lines = said.map(({ label, action }) => `    ${label}: ${action}`);
  return [
    "privacy:",
    detect && `  detect: [${detect.join(", ")}]`,
    lines.length ? "  actions:" : "  actions: {}",
    ...lines,
  ]
    .filter((line) => line !== null)
    .join("\n");
}

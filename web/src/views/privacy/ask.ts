/**
 * From a text to what is found in it.
 *
 * The text lives in this tab's memory and nowhere else: in no address, no history, no store.
 * An answer is shown only with the text it is of, and none is shown that a newer one follows.
 */

import { computed, signal } from "@preact/signals";
import { Problem, scanOf } from "../../app/api.ts";
import type { Action, Certainty, Scanned } from "../../app/scanned.ts";
import { needsKey } from "../../app/state.ts";
import { firstAction, type Treatment } from "./leaving.ts";
import { type Placed, placed, wellFormed } from "./places.ts";

/** Long enough that typing asks when it pauses, not at every key. */
const PAUSE_MS = 250;
/** Beyond it a browser's text box is no place to try anything. */
const MOST_CHARS = 1_000_000;
export const TOO_LONG = 413;

export interface Answer {
  text: string;
  found: Placed[];
  /** What was looked for; `null` where it is what routes look for by default. */
  detect: string[] | null;
  /** What was done about each label that was found. */
  treatments: Treatment[];
  said: Scanned;
}

export const text = signal("");
/** What every label there is rests on; empty until the gateway has said so. */
export const certainties = signal<Record<string, Certainty>>({});
/** What to look for; `null` is what routes look for by default. */
const asked = signal<string[] | null>(null);
const chosen = signal<Record<string, Action>>({});
export const answer = signal<Answer | null>(null);
export const trouble = signal<Problem | null>(null);
export const isScanning = signal(false);

/** What routes look for where they do not say. */
export const usual = computed(() => {
  const known = Object.keys(certainties.value);
  return known.filter((label) => certainties.value[label] !== "context");
});
export const wanted = computed(() => asked.value ?? usual.value);
export const isUsual = computed(() => [...wanted.value].sort().join() === usual.value.join());

let pause: ReturnType<typeof setTimeout> | undefined;
let flying: AbortController | null = null;

export function setText(to: string): void {
  text.value = wellFormed(to);
  scanSoon();
}

/** `null` is back to what routes look for by default. */
export function setWanted(labels: string[] | null): void {
  asked.value = labels;
  scanSoon();
}

export function setAction(label: string, action: Action): void {
  chosen.value = { ...chosen.value, [label]: action };
  scanSoon();
}

/** What is to be done about a label from now on. */
export function actionOf(label: string): Action {
  return chosen.value[label] ?? firstAction(certainties.value[label]);
}

/** After a pause; what is under way is of an older text. */
function scanSoon(): void {
  flying?.abort();
  clearTimeout(pause);
  isScanning.value = true;
  pause = setTimeout(() => void scan(), PAUSE_MS);
}

/** What is on the page, now. Asks even for no text where it is not known what can be found. */
export async function scan(): Promise<void> {
  flying?.abort();
  clearTimeout(pause);
  flying = new AbortController();
  const { signal } = flying;
  isScanning.value = true;
  try {
    const found = await answered(text.value, signal);
    if (signal.aborted) return;
    answer.value = found;
    trouble.value = null;
    needsKey.value = false;
  } catch (error) {
    if (signal.aborted) return;
    fail(error);
  }
  isScanning.value = false;
}

async function answered(of: string, signal: AbortSignal): Promise<Answer | null> {
  if (!wanted.value.length && asked.value === null) {
    certainties.value = (await scanOf({ text: "", detect: null, actions: {} }, signal)).certainties;
  }
  if (!of) return null;
  if (of.length > MOST_CHARS) {
    throw new Problem("this page takes texts of up to a million characters", {
      hint: "`headgate scan FILE` takes longer ones",
      status: TOO_LONG,
    });
  }
  const detect = wanted.value;
  const isDefault = isUsual.value;
  const actions = Object.fromEntries(detect.map((label) => [label, actionOf(label)]));
  const said = await scanOf({ text: of, detect, actions }, signal);
  certainties.value = said.certainties;
  const treatments = Object.keys(said.labels).map((label) => ({
    label,
    action: actions[label] ?? "allow",
  }));
  const found = placed(of, said.findings);
  return { text: of, found, detect: isDefault ? null : detect, treatments, said };
}

/** Nothing is shown that is not of this text: it would look like an answer. */
function fail(error: unknown): void {
  answer.value = null;
  const said =
    error instanceof Problem ? error : new Problem(`the answer cannot be read: ${error}`);
  if (said.status === 401) needsKey.value = true;
  else trouble.value = said;
}

/**
 * From an input to its report.
 *
 * One question is under way at a time. While it is, the newest input waits and replaces
 * the one that waited before; so a drag shows the report of a moment ago instead of none,
 * which aborting on every input would do as soon as inputs come faster than answers.
 * A jump (a preset, the back button, a file) aborts what is under way: its answer would be
 * of another question altogether.
 */

import { Problem, reportAt, reportOf } from "./api.ts";
import type { Question } from "./question.ts";
import type { Report } from "./report.ts";
import {
  choices,
  complete,
  isAsking,
  nameOf,
  needsKey,
  problem,
  question,
  report,
  settled,
} from "./state.ts";
import { happened, painted, seen } from "./timing.ts";
import { addressIn, planTitle, view } from "./view.ts";

interface Wanted {
  input: number;
  /** The page's question, or, as text, the query of its address. */
  what: Question | string;
  /** The controls take over the question as the report has it. */
  isAdopted: boolean;
}

const REST_MS = 120;
const ONE_MORE_MS = 1000;

interface Answered {
  wanted: Wanted;
  found: Report;
}

let waiting: Wanted | null = null;
let flying: AbortController | null = null;
let undrawn: Answered | null = null;
let isDrawing = false;
let isCommitted = false;
let isOneMore = false;
let last: { gesture: string | null; at: number } = { gesture: null, at: 0 };

/** Some fields change while a person drags or types; `undefined` is back to the default. */
export function change(patch: { [Name in keyof Question]?: Question[Name] | undefined }): void {
  const at = globalThis.event?.timeStamp;
  question.value = kept({ ...question.value, ...patch });
  want({ input: happened(at), what: question.value, isAdopted: false });
}

/**
 * The person has let go: what is asked now gets its own place in the history.
 *
 * Arrow keys let go at every step, so steps of one `gesture` that follow closely share one.
 */
export function commit(gesture: string | null = null): void {
  const now = performance.now();
  const follows = gesture !== null && gesture === last.gesture && now - last.at < ONE_MORE_MS;
  if (!follows) isOneMore = false;
  // Else the step before is not in the history yet, and this one takes its place there.
  else if (!isCommitted) isOneMore = true;
  last = { gesture, at: now };
  isCommitted = true;
  if (!isUnderWay()) remember();
}

/** Another question altogether. */
export function jump(to: Question): void {
  drop();
  question.value = to;
  isCommitted = true;
  isOneMore = false;
  want({ input: happened(), what: to, isAdopted: true });
}

/** What the address says, or what was remembered beside it where an address cannot hold it. */
export function load(): void {
  drop();
  const remembered = (history.state as { question?: Question } | null)?.question;
  isCommitted = false;
  const what = remembered?.traffic ? remembered : location.search;
  want({ input: happened(), what, isAdopted: true });
}

/** Whatever is under way is of another question. */
function drop(): void {
  flying?.abort();
  undrawn = null;
}

function kept(fields: Record<string, unknown>): Question {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isUnderWay(): boolean {
  return Boolean(flying || waiting || undrawn);
}

function want(wanted: Wanted): void {
  waiting = wanted;
  if (!flying) void answerAll();
}

async function answerAll(): Promise<void> {
  isAsking.value = true;
  while (waiting) {
    const wanted: Wanted = waiting;
    waiting = null;
    flying = new AbortController();
    const { signal } = flying;
    const found = await answer(wanted.what, signal);
    flying = null;
    if (found && !signal.aborted) draw({ wanted, found });
  }
  isAsking.value = false;
}

async function answer(what: Question | string, signal: AbortSignal): Promise<Report | null> {
  try {
    if (typeof what === "string") return await reportAt(what, signal);
    return await reportOf(asked(what), signal);
  } catch (error) {
    if (!signal.aborted) fail(error);
    return null;
  }
}

/** The next question is under way while this is drawn; at most one report for each frame. */
function draw(answered: Answered): void {
  undrawn = answered;
  if (!isDrawing) void drawAll();
}

async function drawAll(): Promise<void> {
  isDrawing = true;
  // Let the next question leave first.
  await Promise.resolve();
  while (undrawn) {
    const { wanted, found }: Answered = undrawn;
    undrawn = null;
    show(found, wanted.isAdopted);
    await painted();
    seen(wanted.input);
  }
  isDrawing = false;
}

function asked(what: Question): Question {
  return choices.value ? complete(what, choices.value.defaults) : what;
}

function show(found: Report, isAdopted: boolean): void {
  // While a person types, the page knows better than the answer what is being asked.
  if (isAdopted && !isUnderWay()) question.value = found.question;
  problem.value = null;
  needsKey.value = false;
  report.value = found;
  rest();
  if (isCommitted && !isUnderWay()) remember();
}

let resting: ReturnType<typeof setTimeout> | undefined;

/** What is not on the screen follows when no input has come for a moment. */
function rest(): void {
  clearTimeout(resting);
  const settle = () => {
    settled.value = report.value;
  };
  if (settled.value) resting = setTimeout(settle, REST_MS);
  else settle();
}

function fail(error: unknown): void {
  isCommitted = false;
  const said =
    error instanceof Problem ? error : new Problem(`the answer cannot be read: ${error}`);
  if (said.status === 401) needsKey.value = true;
  else problem.value = said;
}

function remember(): void {
  isCommitted = false;
  if (!report.value) return;
  const address = addressOf(report.value);
  planTitle.value = titled(report.value);
  const state = { question: question.value };
  const isSame = isOneMore || address === location.pathname + location.search;
  const shown = addressIn(view.value, address);
  if (isSame) history.replaceState(state, "", shown);
  else history.pushState(state, "", shown);
}

/** So that a bookmark, and a list of where one has been, tell plans apart. */
function titled({ verdict: { option } }: Report): string {
  return `${option === null ? "No option is allowed" : nameOf(option)} – Headgate`;
}

/** This page's address for a report. */
export function addressOf(of: Report): string {
  return of.link ? `${location.pathname}?${of.link}` : location.pathname;
}

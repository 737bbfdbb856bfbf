/** One question, one report. Everything on the page is drawn from these. */

import { computed, signal } from "@preact/signals";
import type { Problem } from "./api.ts";
import type { Choices } from "./choices.ts";
import { titleOf } from "./names.ts";
import type { Question, WholeQuestion } from "./question.ts";
import type { OptionReport, Report } from "./report.ts";

export const question = signal<Question>({});
export const report = signal<Report | null>(null);
/** The report at which inputs came to rest: for what is not on the screen. */
export const settled = signal<Report | null>(null);
export const choices = signal<Choices | null>(null);
export const problem = signal<Problem | null>(null);
export const needsKey = signal(false);
export const isAsking = signal(false);

/** Something on the page is not as asked yet. */
export const isBusy = computed(() => isAsking.value || settled.value !== report.value);

/** Every field, as asked or as it is by default. */
export const whole = computed<WholeQuestion | null>(() =>
  choices.value ? complete(question.value, choices.value.defaults) : null,
);

/** With every field: one left out would be taken from the preset, not from the defaults. */
export function complete(of: Question, defaults: WholeQuestion): WholeQuestion {
  return { ...defaults, ...of };
}

export const optionsById = computed<Map<string, OptionReport>>(
  () => new Map((report.value?.options ?? []).map((option) => [option.id, option])),
);

/** An option's name; its id where this report does not have it. */
export function nameOf(id: string): string {
  const option = optionsById.value.get(id);
  return option ? titleOf(option) : id;
}

/** The gateway's planner over HTTP. Formulas live there; this page only asks and draws. */

import type { Choices } from "./choices.ts";
import type { Question, Traffic } from "./question.ts";
import type { Report } from "./report.ts";
import type { Scanned, ScanRequest } from "./scanned.ts";
import { storedKey } from "./session.ts";

export type ExportForm = "csv" | "markdown" | "html";

/** Why there is no answer, in words for the person who asked. */
export class Problem extends Error {
  readonly hint: string | null;
  readonly param: string | null;
  readonly status: number;

  constructor(message: string, about: { hint?: string; param?: string; status?: number } = {}) {
    super(message);
    this.hint = about.hint ?? null;
    this.param = about.param ?? null;
    this.status = about.status ?? 0;
  }
}

export function reportOf(question: Question, signal: AbortSignal): Promise<Report> {
  return json<Report>("/api/plan", posted(question, signal));
}

export function reportAt(search: string, signal: AbortSignal): Promise<Report> {
  return json<Report>(`/api/plan${search}`, { signal });
}

export function fetchChoices(): Promise<Choices> {
  return json<Choices>("/api/plan/choices");
}

export function trafficOf(file: File): Promise<Traffic> {
  const path = `/api/plan/traffic?name=${encodeURIComponent(file.name)}`;
  const headers = { "content-type": "application/octet-stream" };
  return json<Traffic>(path, { method: "POST", body: file, headers });
}

export function ledgerTraffic(): Promise<Traffic> {
  return json<Traffic>("/api/plan/ledger");
}

export async function exported(question: Question, form: ExportForm): Promise<string> {
  const answer = await ask(`/api/plan/export?as=${form}`, posted(question));
  return answer.text();
}

export function scanOf(asked: ScanRequest, signal: AbortSignal): Promise<Scanned> {
  return json<Scanned>("/v1/scan", posted(asked, signal));
}

function posted(body: Question | ScanRequest, signal?: AbortSignal): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  };
}

async function json<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = storedKey();
  if (key) headers.set("authorization", `Bearer ${key}`);
  const answer = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem("the gateway cannot be reached", { hint: "is `headgate serve` running?" });
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

async function problemOf(answer: Response): Promise<Problem> {
  const about = { status: answer.status };
  try {
    const { error } = await answer.json();
    return new Problem(String(error.message), { ...about, ...given(error) });
  } catch {
    return new Problem(`the gateway answered with status ${answer.status}`, about);
  }
}

function given(error: { hint?: string | null; param?: string | null }) {
  return {
    ...(error.hint ? { hint: error.hint } : {}),
    ...(error.param ? { param: error.param } : {}),
  };
}

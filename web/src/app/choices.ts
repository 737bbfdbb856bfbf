/** What a person may choose from, as `GET /api/plan/choices` lists it. */

import type { Need, Question, WholeQuestion } from "./question.ts";

export interface Preset {
  id: string;
  title: string;
  about: string;
  question: Question;
}

export interface HostedChoice {
  id: string;
  name: string;
  provider: string;
  retired: string | null;
}

export interface AllowanceChoice {
  id: string;
  name: string;
  unit: string;
  low: number;
  usual: number;
  high: number;
  side: string;
  why?: string;
}

export interface Choices {
  defaults: WholeQuestion;
  usual_apis: string[];
  usual_machines: string[];
  presets: Preset[];
  apis: HostedChoice[];
  models: { id: string; name: string }[];
  hardware: { id: string; name: string; kind: string }[];
  tenures: string[];
  tariffs: { id: string; name: string; usd_per_kwh: number }[];
  needs: { id: Need; title: string; why: string }[];
  regions: string[];
  allowances: AllowanceChoice[];
}

/** What a plan answers, as `headgate.planner.report` has it. A test keeps the names alike. */

import type { Question } from "./question.ts";

/** A decimal in text, so that it stays exact. */
export type Money = string;
export type Outcome = "met" | "broken" | "unproven";

export interface Basis {
  kind: "measured" | "published" | "estimated";
  method: string;
  source?: string | null;
  as_of?: string | null;
  error_share?: number | null;
}

export interface CostLine {
  id: string;
  name: string;
  usd: Money;
  formula: string;
  source?: number | null;
}

export interface RuleVerdict {
  rule: string;
  outcome: Outcome;
  reason: string;
}

export interface LatencyReport {
  ttft_p50_s: number;
  ttft_p95_s: number | null;
  tpot_p50_s: number;
  tpot_p95_s: number | null;
  e2e_p50_s: number;
  e2e_p95_s: number | null;
  basis: Basis;
}

export interface Successor {
  id: string;
  name: string;
  usd_per_month: Money | null;
}

export interface Disagreement {
  source: string;
  usd_per_input_mtok: number;
  usd_per_output_mtok: number;
  here_usd_per_input_mtok: number;
  here_usd_per_output_mtok: number;
}

export interface OptionReport {
  id: string;
  name: string;
  kind: "api" | "own" | "hybrid";
  tenure: string | null;
  is_allowed: boolean;
  is_elsewhere: boolean;
  verdicts: RuleVerdict[];
  usd_per_month: Money | null;
  low_usd: Money | null;
  high_usd: Money | null;
  usd_per_mtok: Money | null;
  lines: CostLine[];
  p_cheapest: number | null;
  regret_usd: Money | null;
  latency: LatencyReport | null;
  quality_percent: number | null;
  units: number | null;
  devices_per_unit: number | null;
  utilisation: number | null;
  capacity_tokens_per_month: number | null;
  limited_by: string | null;
  local_share: number;
  payback_months: number | null;
  break_even_utilisation: number | null;
  retired: string | null;
  successor: Successor | null;
  disagreement: Disagreement | null;
  notes: string[];
}

export interface ClassicRow {
  name: string;
  option: string;
  usd_per_month: Money;
  honest_usd_per_month: Money | null;
  is_cheapest: boolean;
  is_local: boolean;
  retired: string | null;
  successor: Successor | null;
}

export interface Crossover {
  tokens_per_month: number;
  cheaper_below: string;
  cheaper_above: string;
  is_material: boolean;
  month: number | null;
}

export interface Line {
  option: string;
  usd: number[];
  own_tokens: number[];
}

export interface Curves {
  tokens: number[];
  lines: Line[];
  band_option: string | null;
  band_low_usd: number[];
  band_high_usd: number[];
}

export interface Bar {
  input: string;
  name: string;
  unit: string;
  low: number;
  usual: number;
  high: number;
  advantage_at_low_usd: number;
  advantage_at_high_usd: number;
  flips_at: number | null;
  flips_to: string | null;
}

export interface RuleOfThumb {
  api_usd_per_month: Money | null;
  says: string;
  agrees: boolean | null;
  sentence: string;
}

export interface Verdict {
  option: string | null;
  sentence: string;
  reasons: string[];
  flips: string[];
  conditions: string[];
  rule_of_thumb: RuleOfThumb | null;
}

export interface WorkloadReport {
  requests_per_month: number;
  tokens_per_month: number;
  input_tokens_per_month: number;
  output_tokens_per_month: number;
  cached_tokens_per_month: number;
  mean_input_tokens: number;
  mean_output_tokens: number;
  mean_requests_per_s: number;
  peak_requests_per_s: number;
  busy_share: number;
  notes: string[];
}

export interface SourceLine {
  what: string;
  at: string;
  checked: string | null;
  is_stale: boolean;
}

export interface Report {
  question: Question;
  link: string;
  headgate_version: string;
  price_list: string;
  workload: WorkloadReport;
  verdict: Verdict;
  options: OptionReport[];
  classic: ClassicRow[] | null;
  crossovers: Crossover[];
  curves: Curves;
  tornado: Bar[];
  sources: SourceLine[];
  unknowns: string[];
}

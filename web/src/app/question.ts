/** What a plan is asked, as `headgate.planner.question` has it. A test keeps the names alike. */

export type Need = "hipaa" | "financial" | "trade_secrets" | "gdpr" | "air_gapped" | "government";

export interface RequestClass {
  share: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens?: number;
  cache_write_tokens?: number;
}

export interface LoadStep {
  share: number;
  load: number;
}

export interface ModelShare {
  model: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  recorded_cost_usd?: number | null;
}

export interface ModelSpeed {
  provider: string;
  model: string;
  samples: number;
  ttft_p50_s: number;
  ttft_p95_s: number;
  tpot_p50_s: number;
  tpot_p95_s: number;
  as_of: string;
}

export interface Dropped {
  reason: string;
  rows: number;
  first_line: number;
}

/** What a usage file says. The page shows a part of it and hands all of it back. */
export interface Traffic {
  name: string;
  format: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens?: number;
  cache_write_tokens?: number;
  first_at?: string | null;
  span_s?: number | null;
  classes: RequestClass[];
  load_curve: LoadStep[];
  hours_utc?: number[];
  prefix_hit_share?: number | null;
  by_model?: ModelShare[];
  speeds?: ModelSpeed[];
  dropped?: Dropped[];
  notes?: string[];
}

/** All of it, with every field: the defaults come in this form. */
export interface WholeQuestion {
  version: number;
  preset: string;
  as_of: string | null;
  monthly_tokens: number;
  output_share: number;
  tokens_per_request: number;
  requests_per_month: number | null;
  input_tokens: number;
  output_tokens: number;
  traffic: Traffic | null;
  cached_share: number | null;
  cache_write_share: number | null;
  batch_share: number;
  peak_to_mean: number;
  hours_per_day: number;
  days_per_week: number;
  growth_per_month: number;
  volume_error: number;
  ttft_s: number | null;
  tokens_per_s: number | null;
  quality_floor: number | null;
  needs: Need[];
  region: string | null;
  signed: string[];
  team_hours_per_month: number | null;
  apis: string[] | null;
  machines: string[] | null;
  hybrid: boolean;
  tariff: string;
  usd_per_kwh: number | null;
  spare_units: number;
  allowances: Record<string, number>;
  hardware_usd: Record<string, number>;
  rent_usd_per_hour: Record<string, number>;
}

/** What differs from the defaults: the page's only state. */
export type Question = Partial<WholeQuestion>;

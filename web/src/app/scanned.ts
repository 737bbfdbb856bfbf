/** What a scan is asked and what it answers, by the names that Python gives. */

export type Certainty = "identifier" | "secret" | "context";
export type Action = "allow" | "mask" | "redact" | "local" | "deny";

export interface ScanRequest {
  text: string;
  detect: string[] | null;
  actions: Record<string, Action>;
}

export interface Finding {
  label: string;
  /** Places count Unicode code points; JavaScript's strings count UTF-16 units. */
  start: number;
  end: number;
  kind: string;
  score: number;
}

export interface Scanned {
  object: string;
  findings: Finding[];
  labels: Record<string, number>;
  masked: string;
  problem: string | null;
  known: string[];
  certainties: Record<string, Certainty>;
}

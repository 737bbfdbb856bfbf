import { Prose } from "../../app/Prose.tsx";
import type { SourceLine } from "../../app/report.ts";

/** What it is, where it stands, when it was last looked at. */
export function Source({ source: { what, at, checked, is_stale } }: { source: SourceLine }) {
  return (
    <>
      {/^https?:/.test(at) ? (
        <a href={at} rel="noreferrer">
          {what}
        </a>
      ) : (
        <Prose text={`${what}: ${at}`} />
      )}
      {checked && `, ${checked}`}
      {is_stale && <span class="badge warn">past its date</span>}
    </>
  );
}

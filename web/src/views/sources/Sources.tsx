/** Where the numbers come from, and what is not known. */

import { Prose } from "../../app/Prose.tsx";
import type { Report } from "../../app/report.ts";
import { Table } from "../../app/Table.tsx";
import { Wide } from "../../app/Wide.tsx";

export function Sources({ report }: { report: Report }) {
  const { sources, unknowns, price_list, headgate_version } = report;
  return (
    <>
      <section id="unknowns" aria-labelledby="unknowns-title">
        <h2 id="unknowns-title">What this plan does not know</h2>
        <ul>
          {unknowns.map((each) => (
            <li key={each}>
              <Prose text={each} />
            </li>
          ))}
        </ul>
      </section>
      <section id="sources" aria-labelledby="sources-title">
        <h2 id="sources-title">Sources</h2>
        <p class="hint">
          Headgate {headgate_version}, prices: {price_list}.
        </p>
        <Wide label="Sources">
          <Table
            caption="Sources"
            columns={[
              { title: "What", of: ({ what }) => what },
              {
                title: "Where",
                of: ({ at }) =>
                  /^https?:/.test(at) ? (
                    <a href={at} rel="noreferrer">
                      {at.replace(/^https?:\/\/(www\.)?/, "")}
                    </a>
                  ) : (
                    at
                  ),
              },
              { title: "Looked at", of: ({ checked }) => checked ?? "–" },
              { title: "State", of: ({ is_stale }) => (is_stale ? "past its date" : "current") },
            ]}
            rows={sources}
            keyOf={({ what, at }, index) => `${what} ${at} ${index}`}
          />
        </Wide>
      </section>
    </>
  );
}

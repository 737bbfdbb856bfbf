/** The table of the guide this began with, to the cent, beside the honest numbers. */

import { exactUsd, percent } from "../../app/amounts.ts";
import type { ClassicRow, Report } from "../../app/report.ts";
import { Wide } from "../../app/Wide.tsx";

export function Classic({ report: found }: { report: Report }) {
  if (!found.classic) return null;
  const { workload } = found;
  const share = percent(workload.output_tokens_per_month / workload.tokens_per_month);
  return (
    <section aria-labelledby="classic-title" id="classic">
      <h2 id="classic-title">Monthly cost comparison</h2>
      <p>
        As the guide counts: {workload.tokens_per_month.toLocaleString("en-US")} tokens, {share} of
        them output, each times its price, own hardware for nothing. Beside it what it costs with
        everything counted.
      </p>
      <Wide label="Monthly cost comparison">
        <table class="classic">
          <caption class="unseen">Monthly cost comparison of the guide</caption>
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col" class="number">
                As the guide counts
              </th>
              <th scope="col" class="number">
                Everything counted
              </th>
            </tr>
          </thead>
          <tbody>
            {found.classic.map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}

function Row({ row }: { row: ClassicRow }) {
  const { name, is_cheapest, is_local, retired, successor } = row;
  return (
    <tr>
      <th scope="row">
        {name} <span class="badge">{is_local ? "local" : "API"}</span>
        {is_cheapest && <span class="badge good">Cheapest</span>}
        {retired && (
          <small>
            retired {retired}
            {successor && `, now ${successor.name} at ${exactUsd(successor.usd_per_month)}`}
          </small>
        )}
      </th>
      <td class="number naive">{exactUsd(row.usd_per_month)}</td>
      <td class="number honest">{exactUsd(row.honest_usd_per_month)}</td>
    </tr>
  );
}

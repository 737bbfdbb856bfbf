/** The question as a table: for paper, and for a report that is kept. */

import { exactAmount, percent } from "../../app/amounts.ts";
import type { WholeQuestion } from "../../app/question.ts";
import { Table } from "../../app/Table.tsx";

const SHARES = /share$|growth|volume_error/;
const LEFT_OUT = new Set(["version", "traffic"]);

export function Asked({ of: asked }: { of: WholeQuestion }) {
  const rows = Object.entries(asked)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => ({ name, text: text(name, value) }))
    .filter(({ text: shown }) => shown !== "");
  return (
    <section class="asked" aria-labelledby="asked-title">
      <h2 id="asked-title">What was asked</h2>
      {asked.traffic && <p>The volume comes from {asked.traffic.name}.</p>}
      <Table
        caption="What was asked"
        columns={[
          { title: "Input", of: ({ name }) => name.replaceAll("_", " ") },
          { title: "Value", of: ({ text: shown }) => shown },
        ]}
        rows={rows}
        keyOf={({ name }) => name}
      />
    </section>
  );
}

function text(name: string, value: WholeQuestion[keyof WholeQuestion]): string {
  if (value === null || value === "") return "";
  if (typeof value === "number") return SHARES.test(name) ? percent(value) : exactAmount(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([id, amount]) => `${id} ${amount}`)
      .join(", ");
  }
  return value;
}

/** Everything that was found, as a table. */

import { useState } from "preact/hooks";
import { percent } from "../../app/amounts.ts";
import { Table } from "../../app/Table.tsx";
import { Wide } from "../../app/Wide.tsx";
import { type Answer, text } from "./ask.ts";
import type { Placed } from "./places.ts";
import { select } from "./TextBox.tsx";

const MOST_ROWS = 100;
const MOST_CHARS = 60;

export function Findings({ answer }: { answer: Answer }) {
  const [isWhole, setWhole] = useState(false);
  const { found } = answer;
  if (!found.length) return null;
  const rows = isWhole ? found : found.slice(0, MOST_ROWS);
  return (
    <section class="card" id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <Wide label="Findings">
        <Table
          caption="What was found, in order of appearance"
          columns={[
            { title: "Label", of: ({ label }) => label },
            { title: "Kind", of: ({ kind }) => kind || "–" },
            { title: "Text", of: (finding) => <code>{short(answer.text, finding)}</code> },
            { title: "Place", of: (finding) => <Place answer={answer} finding={finding} /> },
            { title: "Characters", isNumber: true, of: ({ start, end }) => `${start}–${end}` },
            { title: "Score", isNumber: true, of: ({ score }) => percent(score) },
          ]}
          rows={rows}
          keyOf={({ label, start, end }) => `${label} ${start} ${end}`}
        />
      </Wide>
      {rows.length < found.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show all {found.length}
        </button>
      )}
    </section>
  );
}

function Place({ answer, finding }: { answer: Answer; finding: Placed }) {
  const { line, column, from, to } = finding;
  return (
    <button
      type="button"
      class="opener"
      title="Select it in the text"
      disabled={answer.text !== text.value}
      onClick={() => select(from, to)}
    >
      line {line}, column {column}
    </button>
  );
}

function short(of: string, { from, to }: Placed): string {
  const value = of.slice(from, to).replace(/\s+/g, " ");
  return value.length > MOST_CHARS ? `${wellCut(value)}…` : value;
}

/** No half of a character at the end. */
function wellCut(value: string): string {
  return value.slice(0, MOST_CHARS).replace(/[\ud800-\udbff]$/, "");
}

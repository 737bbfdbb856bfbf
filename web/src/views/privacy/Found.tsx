/** The text with what was found in it marked in place, each with its label. */

import { Wide } from "../../app/Wide.tsx";
import { type Answer, certainties } from "./ask.ts";
import { type Piece, pieces } from "./places.ts";

/** More of them than a person looks through would only keep the browser busy. */
const MOST_MARKS = 2000;

export function Found({ answer }: { answer: Answer }) {
  const { text, found } = answer;
  const marked = found.slice(0, MOST_MARKS);
  return (
    <section class="card" id="found" aria-labelledby="found-title">
      <h2 id="found-title">What is found</h2>
      <Wide label="The text with what is found marked">
        <p class="reader">
          {pieces(text, marked).map((piece, index) => (
            <Marked key={index} piece={piece} />
          ))}
        </p>
      </Wide>
      {marked.length < found.length && (
        <p class="hint">
          The first {MOST_MARKS} of {found.length} findings are marked.
        </p>
      )}
    </section>
  );
}

function Marked({ piece: { stretches, findings } }: { piece: Piece }) {
  if (!findings.length) return <>{stretches.map(({ text }) => text)}</>;
  return (
    <mark class={group(findings.map(({ label }) => label))}>
      {stretches.map(({ text, covers }, index) => (
        <span
          key={index}
          class={covers.length > 1 ? "shared" : undefined}
          title={covers.map(named).join(", ")}
        >
          {text}
        </span>
      ))}
      <span class="tag">{[...new Set(findings.map(({ label }) => label))].join(" + ")}</span>
    </mark>
  );
}

function named({ label, kind }: { label: string; kind: string }): string {
  return kind ? `${label}: ${kind}` : label;
}

/** The gravest of what is there. */
function group(labels: string[]): string {
  const all = labels.map((label) => certainties.value[label]);
  return ["secret", "identifier"].find((each) => all.some((one) => one === each)) ?? "context";
}

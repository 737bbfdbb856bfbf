/** A workload from a file, or from what this gateway has seen. */

import { useState } from "preact/hooks";
import { amount } from "../../app/amounts.ts";
import { ledgerTraffic, Problem, trafficOf } from "../../app/api.ts";
import { jump } from "../../app/ask.ts";
import { Prose } from "../../app/Prose.tsx";
import type { Dropped, Traffic } from "../../app/question.ts";
import { problem, question } from "../../app/state.ts";

export function UsageFile({ traffic }: { traffic: Traffic | null }) {
  const [isReading, setReading] = useState(false);
  const [said, setSaid] = useState<Problem | null>(null);
  const take = async (found: Promise<Traffic>) => {
    setReading(true);
    setSaid(null);
    try {
      jump({ ...question.value, traffic: await found });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setSaid(error);
    } finally {
      setReading(false);
    }
  };
  return (
    <div class="field" data-field="traffic">
      {traffic ? <Read traffic={traffic} /> : <Drop take={(file) => void take(trafficOf(file))} />}
      <button type="button" class="quiet" onClick={() => void take(fromLedger())}>
        Use this gateway’s ledger
      </button>
      <p class="hint" role="status">
        {isReading && "Reading…"}
      </p>
      {said && (
        <p class="error" role="alert">
          <Prose text={said.hint ? `${said.message}: ${said.hint}` : said.message} />
        </p>
      )}
      {problem.value?.param === "traffic" && <p class="error">{problem.value.message}</p>}
    </div>
  );
}

async function fromLedger(): Promise<Traffic> {
  const traffic = await ledgerTraffic();
  if (traffic.requests > 0) return traffic;
  throw new Problem("this gateway has not served a request yet", { hint: "drop a file instead" });
}

function Drop({ take }: { take: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  };
  return (
    <label
      class={`drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <span>Drop a usage file here, or choose one</span>
      <input
        id="traffic"
        type="file"
        accept=".csv,.json,.jsonl,.ndjson,.parquet,.gz,text/csv,application/json"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) take(file);
        }}
      />
      <span class="hint">
        OpenAI usage, LiteLLM spend, Langfuse, Azure trace, Mooncake. It is read by this gateway and
        kept nowhere.
      </span>
    </label>
  );
}

function Read({ traffic }: { traffic: Traffic }) {
  const { name, format, requests, input_tokens, output_tokens, dropped = [], notes = [] } = traffic;
  const remove = () => {
    const { traffic: _, ...others } = question.value;
    jump(others);
  };
  return (
    <div class="read">
      <p>
        <strong>{name}</strong> ({format.replaceAll("_", " ")}): {requests.toLocaleString("en-US")}{" "}
        requests, {amount(input_tokens)} input and {amount(output_tokens)} output tokens.
      </p>
      {dropped.length > 0 ? <DroppedRows dropped={dropped} /> : <p>No row was dropped.</p>}
      {notes.map((note) => (
        <p key={note} class="hint">
          <Prose text={note} />
        </p>
      ))}
      <button type="button" onClick={remove}>
        Remove the file
      </button>
    </div>
  );
}

function DroppedRows({ dropped }: { dropped: Dropped[] }) {
  const rows = dropped.reduce((sum, each) => sum + each.rows, 0);
  return (
    <div class="warning">
      <p>
        {rows.toLocaleString("en-US")} {rows === 1 ? "row was" : "rows were"} dropped:
      </p>
      <ul>
        {dropped.map(({ reason, rows: count, first_line }) => (
          <li key={`${reason} ${first_line}`}>
            {count.toLocaleString("en-US")} × <Prose text={reason} />, first in line {first_line}
          </li>
        ))}
      </ul>
    </div>
  );
}

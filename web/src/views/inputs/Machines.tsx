/** Which machines to compare: rows of a model on hardware, held in some way. */

import { useState } from "preact/hooks";
import { change, commit } from "../../app/ask.ts";
import type { Choices } from "../../app/choices.ts";
import { machineName, tenureName, writeMachine } from "../../app/machine.ts";
import { Check } from "../../app/Pick.tsx";
import type { WholeQuestion } from "../../app/question.ts";
import { choices } from "../../app/state.ts";
import { Usual } from "./Apis.tsx";

export function Machines({ asked }: { asked: WholeQuestion }) {
  const known = choices.value;
  if (!known) return null;
  const machines = asked.machines ?? known.usual_machines;
  const set = (list: string[] | undefined) => {
    change({ machines: list });
    commit();
  };
  return (
    <fieldset class="field" data-field="machines">
      <legend class="unseen">Machines to compare</legend>
      <ul class="rows">
        {machines.map((machine) => (
          <li key={machine}>
            <span>{machineName(machine, known)}</span>
            <button
              type="button"
              class="quiet"
              aria-label={`Remove ${machineName(machine, known)}`}
              onClick={() => set(machines.filter((each) => each !== machine))}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <Adder known={known} add={(machine) => set([...new Set([...machines, machine])])} />
      <Check
        name="hybrid"
        label="Also compare hybrids: own hardware for the base load, an API for the peak"
        isOn={asked.hybrid}
        onValue={(isOn) => change({ hybrid: isOn ? undefined : false })}
      />
      <Usual isUsual={asked.machines === null} reset={() => set(undefined)} />
    </fieldset>
  );
}

function Adder({ known, add }: { known: Choices; add: (machine: string) => void }) {
  const [model, setModel] = useState(known.models[0]?.id ?? "");
  const [hardware, setHardware] = useState(known.hardware[0]?.id ?? "");
  const [tenure, setTenure] = useState(known.tenures[0] ?? "");
  const tenures = known.tenures.map((id) => ({ id, name: tenureName(id) }));
  const wanted = { model, hardware, tenure, bits: null, devices: null };
  return (
    <fieldset class="adder">
      <legend>Add a machine</legend>
      <Choice label="Model" list={known.models} value={model} onValue={setModel} />
      <Choice label="Hardware" list={known.hardware} value={hardware} onValue={setHardware} />
      <Choice label="Held" list={tenures} value={tenure} onValue={setTenure} />
      <button type="button" onClick={() => add(writeMachine(wanted))}>
        Add
      </button>
    </fieldset>
  );
}

function Choice(props: {
  label: string;
  list: { id: string; name: string }[];
  value: string;
  onValue: (id: string) => void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onValue(event.currentTarget.value)}>
        {props.list.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

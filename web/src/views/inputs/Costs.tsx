/** Prices to assume, and the costs that no invoice shows by itself. */

import { amount, shortUsd } from "../../app/amounts.ts";
import { change } from "../../app/ask.ts";
import type { AllowanceChoice, Choices } from "../../app/choices.ts";
import { parseMachine } from "../../app/machine.ts";
import { NumberBox } from "../../app/NumberBox.tsx";
import { Pick } from "../../app/Pick.tsx";
import type { WholeQuestion } from "../../app/question.ts";
import { choices } from "../../app/state.ts";
import { unitOf } from "../../app/units.ts";
import { AskedNumber } from "./AskedNumber.tsx";

export function Costs({ asked }: { asked: WholeQuestion }) {
  const known = choices.value;
  if (!known) return null;
  const tariffs = known.tariffs.map(({ id, name, usd_per_kwh }) => ({
    id,
    title: `${name}, ${shortUsd(usd_per_kwh)}/kWh`,
  }));
  return (
    <>
      <AsOf asOf={asked.as_of} />
      <Pick
        name="tariff"
        label="Electricity"
        value={asked.tariff}
        entries={tariffs}
        onValue={(tariff) => change({ tariff })}
      />
      <AskedNumber
        asked={asked}
        name="usd_per_kwh"
        label="Or your own tariff"
        unit="$/kWh"
        placeholder="as above"
      />
      <NumberBox
        name="spare_units"
        label="Spare units for a failure"
        value={asked.spare_units}
        onValue={(value) =>
          change({ spare_units: value === undefined ? value : Math.round(value) })
        }
      />
      <h3>Hidden costs</h3>
      {known.allowances.map((each) => (
        <Allowance key={each.id} allowance={each} given={asked.allowances} />
      ))}
      <Paid asked={asked} known={known} />
    </>
  );
}

function AsOf({ asOf }: { asOf: string | null }) {
  return (
    <div class="field" data-field="as_of">
      <label for="as_of">Prices as of</label>
      <div class="control">
        <input
          id="as_of"
          type="date"
          value={asOf ?? ""}
          onChange={(event) => change({ as_of: event.currentTarget.value || undefined })}
        />
      </div>
    </div>
  );
}

function Allowance(props: { allowance: AllowanceChoice; given: Record<string, number> }) {
  const { id, name, unit, low, usual, high, side } = props.allowance;
  const { text, scale, written } = unitOf(unit);
  return (
    <NumberBox
      name={id}
      label={`${name}${side === "api" ? " (API)" : side === "own" ? " (own)" : ""}`}
      unit={text}
      scale={scale}
      value={props.given[id] ?? null}
      placeholder={amount(usual * scale)}
      hint={`low ${written(low)} · usual ${written(usual)} · high ${written(high)}`}
      onValue={(value) => change({ allowances: put(props.given, id, value) })}
    />
  );
}

/** What was really paid for the hardware that is compared. */
function Paid({ asked, known }: { asked: WholeQuestion; known: Choices }) {
  const machines = (asked.machines ?? known.usual_machines).map(parseMachine);
  const ids = [...new Set(machines.flatMap((machine) => machine?.hardware ?? []))].sort();
  return (
    <>
      <h3>Prices you have been offered, per device</h3>
      {ids.map((id) => {
        const name = known.hardware.find((each) => each.id === id)?.name ?? id;
        const { hardware_usd: bought, rent_usd_per_hour: rent } = asked;
        return (
          <div class="pair" key={id}>
            <NumberBox
              name={`hardware_usd.${id}`}
              label={`${name}: to buy`}
              unit="$"
              value={bought[id] ?? null}
              placeholder="list"
              onValue={(value) => change({ hardware_usd: put(bought, id, value) })}
            />
            <NumberBox
              name={`rent_usd_per_hour.${id}`}
              label="to rent"
              unit="$/h"
              value={rent[id] ?? null}
              placeholder="list"
              onValue={(value) => change({ rent_usd_per_hour: put(rent, id, value) })}
            />
          </div>
        );
      })}
    </>
  );
}

function put(all: Record<string, number>, id: string, value: number | undefined) {
  const { [id]: _, ...others } = all;
  const now = value === undefined ? others : { ...others, [id]: value };
  return Object.keys(now).length ? now : undefined;
}

/** Everything a plan can be asked, the most important first. */

import { whole } from "../../app/state.ts";
import { Apis } from "./Apis.tsx";
import { Costs } from "./Costs.tsx";
import { Group } from "./Group.tsx";
import { Machines } from "./Machines.tsx";
import { Needs } from "./Needs.tsx";
import { Shape } from "./Shape.tsx";
import { UsageFile } from "./UsageFile.tsx";
import { Volume } from "./Volume.tsx";

export function Inputs() {
  const asked = whole.value;
  if (!asked) return null;
  return (
    <form id="inputs" aria-label="Your workload" onSubmit={(event) => event.preventDefault()}>
      <Group title="Workload" isOpen>
        <Volume asked={asked} />
      </Group>
      <Group title="Usage file">
        <UsageFile traffic={asked.traffic} />
      </Group>
      <Group title="Shape of the traffic">
        <Shape asked={asked} />
      </Group>
      <Group title="What it must keep to">
        <Needs asked={asked} />
      </Group>
      <Group title="Which APIs">
        <Apis asked={asked} />
      </Group>
      <Group title="Which machines">
        <Machines asked={asked} />
      </Group>
      <Group title="Prices and hidden costs">
        <Costs asked={asked} />
      </Group>
    </form>
  );
}

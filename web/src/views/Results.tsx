/** Everything below the verdict, from the charts down to the sources. */

import type { VNode } from "preact";
import { Shown } from "../app/Shown.tsx";
import { settled } from "../app/state.ts";
import { BreakdownFigure } from "./charts/BreakdownFigure.tsx";
import { CostFigure } from "./charts/CostFigure.tsx";
import { LatencyFigure } from "./charts/LatencyFigure.tsx";
import { TornadoFigure } from "./charts/TornadoFigure.tsx";
import { Classic } from "./classic/Classic.tsx";
import { Options } from "./options/Options.tsx";
import { Sources } from "./sources/Sources.tsx";

export function Results({ take, asked }: { take?: VNode; asked: VNode }) {
  if (!settled.value) return <div class="results" />;
  return (
    <div class="results">
      {take}
      <Shown name="cost" draw={(found) => <CostFigure report={found} />} />
      <Shown name="classic" draw={(found) => <Classic report={found} />} />
      <Shown name="breakdown" draw={(found) => <BreakdownFigure report={found} />} />
      <Shown name="latency" draw={(found) => <LatencyFigure report={found} />} />
      <Shown name="tornado" draw={(found) => <TornadoFigure report={found} />} />
      <Shown name="options" draw={(found) => <Options report={found} />} />
      {asked}
      <Shown name="sources" draw={(found) => <Sources report={found} />} />
    </div>
  );
}

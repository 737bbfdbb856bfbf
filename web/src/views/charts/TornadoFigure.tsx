import { amount, usd } from "../../app/amounts.ts";
import { Figure } from "../../app/Figure.tsx";
import type { Bar } from "../../app/report.ts";
import { nameOf } from "../../app/state.ts";
import { Table } from "../../app/Table.tsx";
import { tornadoChart } from "../../charts/tornado.tsx";

/** Which uncertain inputs the answer hangs on. */
export function TornadoFigure({ bars }: { bars: Bar[] }) {
  const [most] = bars;
  if (!most) return null;
  const sentence = tornadoSentence(bars, most);
  return (
    <Figure
      id="tornado"
      title="What would change this"
      sentence={sentence}
      draw={(width) => tornadoChart(bars, { width, label: sentence })}
      table={<TornadoTable bars={bars} />}
    />
  );
}

function tornadoSentence(bars: Bar[], most: Bar): string {
  const flipping = bars.filter(({ flips_at }) => flips_at !== null);
  const matters = `${most.name} matters most.`;
  if (!flipping.length) return `${matters} No single input, within its range, changes the answer.`;
  const named = flipping.map(
    ({ name, unit, flips_at, flips_to }) =>
      `${name} at ${amount(flips_at ?? 0)} ${unit}${flips_to ? ` (then ${nameOf(flips_to)})` : ""}`,
  );
  return `${matters} The answer changes with ${named.join("; ")}.`;
}

function TornadoTable({ bars }: { bars: Bar[] }) {
  return (
    <Table
      caption="What the recommended option saves per month as each input moves"
      columns={[
        { title: "Input", of: ({ name, unit }) => `${name} (${unit})` },
        { title: "Low", isNumber: true, of: ({ low }) => amount(low) },
        { title: "Usual", isNumber: true, of: ({ usual }) => amount(usual) },
        { title: "High", isNumber: true, of: ({ high }) => amount(high) },
        { title: "Saved at low", isNumber: true, of: (bar) => usd(bar.advantage_at_low_usd) },
        { title: "Saved at high", isNumber: true, of: (bar) => usd(bar.advantage_at_high_usd) },
        {
          title: "Answer changes at",
          of: ({ flips_at, flips_to }) =>
            flips_at === null
              ? "–"
              : `${amount(flips_at)}${flips_to ? `: ${nameOf(flips_to)}` : ""}`,
        },
      ]}
      rows={bars}
      keyOf={({ input }) => input}
    />
  );
}

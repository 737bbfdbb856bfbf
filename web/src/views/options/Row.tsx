import { percent, round, seconds, usd } from "../../app/amounts.ts";
import { titleOf } from "../../app/names.ts";
import { Prose } from "../../app/Prose.tsx";
import type { OptionReport } from "../../app/report.ts";
import type { Mark } from "../../charts/marks.ts";
import { basisText } from "../charts/LatencyFigure.tsx";

const SIGNS = { met: "✓", broken: "✕", unproven: "?" } as const;

/** One option in figures. What each rests on is said on hover, and in full below. */
export function Row(props: {
  option: OptionReport;
  mark: Mark | undefined;
  isChosen: boolean;
  isOpen: boolean;
  toggle: (id: string) => void;
}) {
  const { option, mark, isChosen, isOpen, toggle } = props;
  const { latency } = option;
  const speed = latency ? basisText({ latency }) : undefined;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          class="opener"
          aria-expanded={isOpen}
          onClick={() => toggle(option.id)}
        >
          <span class="letter" aria-hidden="true">
            {mark?.letter}
          </span>
          {titleOf(option)}
        </button>
        {isChosen && <span class="badge good">recommended</span>}
        {option.is_elsewhere && <span class="badge">for another volume</span>}
        {option.retired && <span class="badge">retired {option.retired}</span>}
      </th>
      <td class="number" title={linesText(option)}>
        {usd(option.usd_per_month)}
        {option.low_usd !== null && (
          <small>
            {usd(option.low_usd)} – {usd(option.high_usd)}
          </small>
        )}
      </td>
      <td class="number" title="cost per month divided by its tokens">
        {option.usd_per_mtok === null ? "–" : usd(option.usd_per_mtok)}
      </td>
      <td class="number" title="of the cases considered">
        {option.p_cheapest === null ? "–" : percent(option.p_cheapest)}
      </td>
      <td class="number" title={speed}>
        {latency ? both(latency.ttft_p50_s, latency.ttft_p95_s) : "unknown"}
      </td>
      <td class="number" title={speed}>
        {latency ? both(latency.tpot_p50_s, latency.tpot_p95_s) : "unknown"}
      </td>
      <td class="number" title="MMLU-Pro">
        {option.quality_percent === null ? "unknown" : `${round(option.quality_percent, 3)} %`}
      </td>
      <td class="number" title={option.limited_by ? `limited by ${option.limited_by}` : undefined}>
        {units(option)}
      </td>
      <td>{rules(option)}</td>
    </tr>
  );
}

function linesText({ lines }: OptionReport): string | undefined {
  return lines
    .map(({ name, usd: cost, formula }) => `${name} ${usd(cost)} = ${formula}`)
    .join("\n");
}

function both(p50: number, p95: number | null) {
  return (
    <>
      {seconds(p50)}
      {p95 !== null && <small>p95 {seconds(p95)}</small>}
    </>
  );
}

function units({ units: count, devices_per_unit: devices, utilisation }: OptionReport) {
  if (count === null) return "–";
  return (
    <>
      {devices && devices > 1 ? `${count} × ${devices}` : count}
      {utilisation !== null && <small>{percent(utilisation)} utilised</small>}
    </>
  );
}

/** In a word; the reasons stand below. */
function rules({ verdicts }: OptionReport) {
  const outcomes = verdicts.map(({ outcome }) => outcome);
  const worst = (["broken", "unproven"] as const).find((each) => outcomes.includes(each)) ?? "met";
  return (
    <span class={worst}>
      <span aria-hidden="true">{SIGNS[worst]}</span> {worst}
    </span>
  );
}

/** Why a rule is not met, across the whole row. */
export function Reasons({ option, columns }: { option: OptionReport; columns: number }) {
  const open = option.verdicts.filter(({ outcome }) => outcome !== "met");
  if (!open.length) return null;
  return (
    <tr class="reasons">
      <td colSpan={columns}>
        <ul>
          {open.map(({ rule, outcome, reason }, index) => (
            <li key={`${rule} ${index}`} class={outcome}>
              <span aria-hidden="true">{SIGNS[outcome]}</span> {outcome}: <Prose text={reason} />
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}

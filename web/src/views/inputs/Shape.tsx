/** When the traffic comes, and what of it is cheap. */

import type { WholeQuestion } from "../../app/question.ts";
import { AskedNumber } from "./AskedNumber.tsx";

export function Shape({ asked }: { asked: WholeQuestion }) {
  return (
    <>
      <AskedNumber
        asked={asked}
        name="cached_share"
        label="Input read from a prefix cache"
        unit="%"
        scale={100}
        placeholder={asked.traffic ? "as in the file" : "0"}
      />
      <AskedNumber
        asked={asked}
        name="cache_write_share"
        label="Input written to a prefix cache"
        unit="%"
        scale={100}
        placeholder={asked.traffic ? "as in the file" : "0"}
      />
      <AskedNumber
        asked={asked}
        name="batch_share"
        label="Requests that may wait a day (batch)"
        unit="%"
        scale={100}
      />
      <AskedNumber
        asked={asked}
        name="peak_to_mean"
        label="Busiest minute over the mean"
        unit="×"
      />
      <AskedNumber asked={asked} name="hours_per_day" label="Hours of use a day" unit="h" />
      <AskedNumber asked={asked} name="days_per_week" label="Days of use a week" unit="d" />
      <AskedNumber
        asked={asked}
        name="growth_per_month"
        label="Growth per month"
        unit="%"
        scale={100}
      />
      <AskedNumber
        asked={asked}
        name="volume_error"
        label="The volume may be off by ±"
        unit="%"
        scale={100}
      />
    </>
  );
}

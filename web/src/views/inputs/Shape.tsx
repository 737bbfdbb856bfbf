/** When the traffic comes, and what of it is cheap. */

import { change } from "../../app/ask.ts";
import { NumberBox } from "../../app/NumberBox.tsx";
import type { WholeQuestion } from "../../app/question.ts";

export function Shape({ asked }: { asked: WholeQuestion }) {
  return (
    <>
      <NumberBox
        name="cached_share"
        label="Input read from a prefix cache"
        unit="%"
        scale={100}
        value={asked.cached_share}
        placeholder={asked.traffic ? "as in the file" : "0"}
        onValue={(value) => change({ cached_share: value })}
      />
      <NumberBox
        name="cache_write_share"
        label="Input written to a prefix cache"
        unit="%"
        scale={100}
        value={asked.cache_write_share}
        placeholder={asked.traffic ? "as in the file" : "0"}
        onValue={(value) => change({ cache_write_share: value })}
      />
      <NumberBox
        name="batch_share"
        label="Requests that may wait a day (batch)"
        unit="%"
        scale={100}
        value={asked.batch_share}
        onValue={(value) => change({ batch_share: value })}
      />
      <NumberBox
        name="peak_to_mean"
        label="Busiest minute over the mean"
        unit="×"
        value={asked.peak_to_mean}
        onValue={(value) => change({ peak_to_mean: value })}
      />
      <NumberBox
        name="hours_per_day"
        label="Hours of use a day"
        unit="h"
        value={asked.hours_per_day}
        onValue={(value) => change({ hours_per_day: value })}
      />
      <NumberBox
        name="days_per_week"
        label="Days of use a week"
        unit="d"
        value={asked.days_per_week}
        onValue={(value) => change({ days_per_week: value })}
      />
      <NumberBox
        name="growth_per_month"
        label="Growth per month"
        unit="%"
        scale={100}
        value={asked.growth_per_month}
        onValue={(value) => change({ growth_per_month: value })}
      />
      <NumberBox
        name="volume_error"
        label="The volume may be off by ±"
        unit="%"
        scale={100}
        value={asked.volume_error}
        onValue={(value) => change({ volume_error: value })}
      />
    </>
  );
}

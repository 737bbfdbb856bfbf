/** A native slider paired with a box for the same number. */

import { commit } from "./ask.ts";
import { Box, type NumberBoxProps } from "./NumberBox.tsx";

export interface SliderProps extends NumberBoxProps {
  value: number;
  min: number;
  max: number;
  step: number;
  /** From the number to the slider's place and back: a logarithm for volumes. */
  place?: { of: (value: number) => number; at: (place: number) => number };
  /** What a screen reader says of the number. */
  spoken: string;
  /** Texts below the slider, evenly spread from end to end. */
  marks: string[];
}

const SAME = { of: (value: number) => value, at: (place: number) => place };

export function Slider(props: SliderProps) {
  const { name, label, value, min, max, step, place = SAME, spoken, marks, onValue } = props;
  return (
    <fieldset class="field slider" data-field={name}>
      <legend>{label}</legend>
      <div class="control">
        <input
          id={`${name}-slider`}
          type="range"
          aria-label={label}
          aria-valuetext={spoken}
          min={min}
          max={max}
          step={step}
          value={place.of(value)}
          onInput={(event) => onValue(place.at(event.currentTarget.valueAsNumber))}
          onChange={() => commit(name)}
        />
        <label class="unseen" for={name}>
          {label}, as a number
        </label>
        <Box {...props} />
      </div>
      <div class="marks" aria-hidden="true">
        {marks.map((mark) => (
          <span key={mark}>{mark}</span>
        ))}
      </div>
      {props.hint && (
        <p class="hint" id={`${name}-hint`}>
          {props.hint}
        </p>
      )}
    </fieldset>
  );
}

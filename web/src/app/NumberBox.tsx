/** A box for one number, which may be written `2.5M`. */

import { useState } from "preact/hooks";
import { exactAmount, parseAmount, round } from "./amounts.ts";
import { commit } from "./ask.ts";
import { complaint, describedBy, Field, type FieldProps } from "./Field.tsx";

export interface NumberBoxProps extends FieldProps {
  value: number | null;
  /** Shown where nothing is given. */
  placeholder?: string;
  unit?: string;
  /** The box shows `value * scale`: 100 for a share in per cent. */
  scale?: number;
  /** Called with `undefined` when the box is emptied. */
  onValue: (value: number | undefined) => void;
}

export function NumberBox(props: NumberBoxProps) {
  return <Field {...props} {...useBox(props)} />;
}

/** The box alone, for a control that has its own label. */
export function Box(props: NumberBoxProps) {
  const { children, error } = useBox(props);
  return (
    <>
      {children}
      {error && (
        <p class="error" id={`${props.name}-error`}>
          {error}
        </p>
      )}
    </>
  );
}

function useBox(props: NumberBoxProps) {
  const { name, value, scale = 1, unit, placeholder, hint, onValue } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const given = value === null ? "" : exactAmount(round(value * scale, 12));
  const isWrong = draft !== null && draft.trim() !== "" && parseAmount(draft) === null;
  const error = isWrong ? "write a number, such as `2.5M` or `10k`" : complaint(name);
  const typed = (text: string) => {
    setDraft(text);
    const amount = parseAmount(text);
    if (amount !== null) onValue(round(amount / scale, 12));
    else if (text.trim() === "") onValue(undefined);
  };
  const left = () => {
    if (!isWrong) setDraft(null);
    commit();
  };
  const box = (
    <>
      <input
        id={name}
        type="text"
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        value={draft ?? given}
        placeholder={placeholder}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={describedBy(name, hint, error)}
        onInput={(event) => typed(event.currentTarget.value)}
        onChange={left}
        onBlur={() => !isWrong && setDraft(null)}
      />
      {unit && <span class="unit">{unit}</span>}
    </>
  );
  return { children: box, error };
}

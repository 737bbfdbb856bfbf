/** Native lists: one of several, or several of many. */

import { commit } from "./ask.ts";
import { complaint, describedBy, Field, type FieldProps } from "./Field.tsx";

export interface Entry {
  id: string;
  title: string;
  note?: string;
}

export function Pick(
  props: FieldProps & { value: string; entries: Entry[]; onValue: (id: string) => void },
) {
  const { name, value, entries, hint, onValue } = props;
  const error = complaint(name);
  return (
    <Field {...props} error={error}>
      <select
        id={name}
        value={value}
        aria-describedby={describedBy(name, hint, error)}
        onChange={(event) => {
          onValue(event.currentTarget.value);
          commit();
        }}
      >
        {entries.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function Checks(props: {
  name: string;
  entries: Entry[];
  chosen: string[];
  onChosen: (ids: string[]) => void;
}) {
  const { name, entries, chosen, onChosen } = props;
  const toggle = (id: string, isOn: boolean) => {
    onChosen(isOn ? [...chosen, id] : chosen.filter((each) => each !== id));
    commit();
  };
  return (
    <ul class="checks">
      {entries.map(({ id, title, note }) => (
        <li key={id}>
          <label title={note}>
            <input
              type="checkbox"
              name={name}
              value={id}
              checked={chosen.includes(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
            <span>{title}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}

export function Check(props: {
  name: string;
  label: string;
  isOn: boolean;
  onValue: (isOn: boolean) => void;
}) {
  return (
    <label class="check">
      <input
        id={props.name}
        type="checkbox"
        checked={props.isOn}
        onChange={(event) => {
          props.onValue(event.currentTarget.checked);
          commit();
        }}
      />
      <span>{props.label}</span>
    </label>
  );
}

/** A box for a number of the question: its field's name says where it is from and goes to. */

import { change } from "../../app/ask.ts";
import { NumberBox, type NumberBoxProps } from "../../app/NumberBox.tsx";
import type { WholeQuestion } from "../../app/question.ts";

type NumberName = {
  [Name in keyof WholeQuestion]: WholeQuestion[Name] extends number | null ? Name : never;
}[keyof WholeQuestion];

interface AskedNumberProps extends Omit<NumberBoxProps, "name" | "value" | "onValue"> {
  asked: WholeQuestion;
  name: NumberName;
}

export function AskedNumber({ asked, name, ...rest }: AskedNumberProps) {
  return (
    <NumberBox
      {...rest}
      name={name}
      value={asked[name]}
      onValue={(value) => change({ [name]: value })}
    />
  );
}

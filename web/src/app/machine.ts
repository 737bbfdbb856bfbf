/** A machine's text, `MODEL@HARDWARE:TENURE[:BITS][xDEVICES]`, and what people call it. */

import type { Choices } from "./choices.ts";

export interface Machine {
  model: string;
  hardware: string;
  tenure: string;
  bits: string | null;
  devices: string | null;
}

const TEXT = /^(.+)@([^:]+):([a-z_]+)(?::([^x]+))?(?:x(\d+))?$/;

export function parseMachine(text: string): Machine | null {
  const found = TEXT.exec(text);
  if (!found) return null;
  const [, model = "", hardware = "", tenure = "", bits, devices] = found;
  return { model, hardware, tenure, bits: bits ?? null, devices: devices ?? null };
}

export function writeMachine({ model, hardware, tenure, bits, devices }: Machine): string {
  return `${model}@${hardware}:${tenure}${bits ? `:${bits}` : ""}${devices ? `x${devices}` : ""}`;
}

export function machineName(text: string, choices: Choices): string {
  const machine = parseMachine(text);
  if (!machine) return text;
  const model = titled(machine.model, choices.models);
  const hardware = titled(machine.hardware, choices.hardware);
  const count = machine.devices && machine.devices !== "1" ? `${machine.devices} × ` : "";
  const bits = machine.bits ? `, ${machine.bits} bit` : "";
  return `${model} on ${count}${hardware}, ${tenureName(machine.tenure)}${bits}`;
}

export function tenureName(tenure: string): string {
  return tenure === "desk" ? "on the desk" : tenure.replaceAll("_", " ");
}

function titled(id: string, list: { id: string; name: string }[]): string {
  return list.find((each) => each.id === id)?.name ?? id;
}

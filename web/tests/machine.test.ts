import assert from "node:assert/strict";
import { test } from "node:test";
import type { Choices } from "../src/app/choices.ts";
import { machineName, parseMachine, writeMachine } from "../src/app/machine.ts";

const choices = {
  models: [{ id: "llama-3.1-8b", name: "Llama 3.1 8B" }],
  hardware: [{ id: "h100-sxm", name: "NVIDIA H100 SXM", kind: "gpu" }],
} as unknown as Choices;

test("a machine reads back as it was written", () => {
  for (const text of [
    "llama-3.1-8b@l4:rented",
    "llama-3.1-70b@h100-sxm:bought:8",
    "gpt-oss-120b@h100-sxm:spot:4x8",
    "llama-3.1-8b@rtx-4090:reservedx2",
  ]) {
    const machine = parseMachine(text);
    assert.ok(machine, text);
    assert.equal(writeMachine(machine), text);
  }
});

test("a machine has a name for people", () => {
  assert.equal(
    machineName("llama-3.1-8b@h100-sxm:desk:8x2", choices),
    "Llama 3.1 8B on 2 × NVIDIA H100 SXM, on the desk, 8 bit",
  );
  assert.equal(machineName("no machine", choices), "no machine");
});

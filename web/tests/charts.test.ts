import assert from "node:assert/strict";
import { test } from "node:test";
import type { OptionReport } from "../src/app/report.ts";
import { fitted } from "../src/charts/fitted.ts";
import { marksOf } from "../src/charts/marks.ts";
import { spread } from "../src/charts/spread.ts";

test("labels are pushed apart, in their order, and stay inside", () => {
  const placed = spread([100, 101, 10, 300, 299], 14, 20, 300);
  const sorted = placed.toSorted((one, other) => one - other);
  for (let index = 1; index < sorted.length; index += 1) {
    assert.ok((sorted[index] ?? 0) - (sorted[index - 1] ?? 0) >= 13.99);
  }
  assert.ok((placed[0] ?? 0) < (placed[1] ?? 0));
  assert.ok((placed[4] ?? 0) < (placed[3] ?? 0));
  assert.ok(Math.min(...placed) >= 20 && Math.max(...placed) <= 300);
});

test("more labels than there is room for share it evenly", () => {
  const placed = spread(new Array(11).fill(50), 14, 0, 100);
  assert.deepEqual(placed, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
});

test("a name that is too long is cut, and what tells twins apart is kept", () => {
  const name = "NVIDIA H100 SXM (gpt-oss 120B), bought";
  assert.equal(fitted(name, 400), name);
  assert.equal(fitted(name, 200), "NVIDIA H100 SXM (gpt-…, bought");
  assert.equal(fitted("A hybrid, peaks to something long", 132), "A hybrid, peaks to…");
  assert.equal(fitted("", 0), "");
});

test("marks hang on the set of options, not on their order", () => {
  const options = ["b", "a", "c"].map((id) => ({ id }) as OptionReport);
  assert.deepEqual(marksOf(options), marksOf(options.toReversed()));
  assert.equal(marksOf(options).get("a")?.letter, "A");
});

test("no two of thirty options look the same", () => {
  const options = Array.from({ length: 30 }, (_, index) => ({ id: `o${index}` }) as OptionReport);
  const looks = [...marksOf(options).values()].map(({ letter, colour, dash }) => ({
    letter,
    look: `${colour} ${dash}`,
  }));
  assert.equal(new Set(looks.map(({ letter }) => letter)).size, 30);
  assert.equal(new Set(looks.map(({ look }) => look)).size, 30);
});

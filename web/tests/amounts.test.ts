import assert from "node:assert/strict";
import { test } from "node:test";
import {
  amount,
  exactAmount,
  exactUsd,
  months,
  parseAmount,
  percent,
  seconds,
  shortUsd,
  usd,
} from "../src/app/amounts.ts";

const WRITTEN: [string, number][] = [
  ["2.5M", 2_500_000],
  ["2.5m", 2_500_000],
  ["1B", 1e9],
  ["10k", 10_000],
  ["3T", 3e12],
  ["1,000,000", 1_000_000],
  ["1,234.5", 1234.5],
  ["2,5 M", 2_500_000],
  ["1 000 000", 1_000_000],
  ["1_000", 1000],
  ["1e9", 1e9],
  ["30 %", 30],
  ["$12.50", 12.5],
  [".5", 0.5],
  ["-3", -3],
  ["0.1k", 100],
];

test("numbers are read as people write them", () => {
  for (const [text, value] of WRITTEN) assert.equal(parseAmount(text), value, text);
});

test("what is no number is none", () => {
  for (const text of ["", "many", "2.5X", "1..2", "M", "1M2", "--1", "NaN", "Infinity", "1e999"]) {
    assert.equal(parseAmount(text), null, text);
  }
});

test("what a box shows reads back as the same number", () => {
  for (const value of [0, 0.3, 1, 700, 9999, 10_000, 12_345_678, 2_510_000_000, 1e12, 1e15, 5e-7]) {
    assert.equal(parseAmount(exactAmount(value)), value);
  }
});

test("amounts are short", () => {
  assert.equal(amount(10_000_000), "10M");
  assert.equal(amount(1_234_567), "1.23M");
  assert.equal(amount(999_999_999), "1B");
  assert.equal(amount(0.25), "0.25");
  assert.equal(amount(9999), "10k");
});

test("money is exact where it is small, and unknown is no number", () => {
  assert.equal(usd("2.85"), "$2.85");
  assert.equal(usd("1234.56"), "$1,235");
  assert.equal(usd("2500000"), "$2.5M");
  assert.equal(usd(-12.5), "−$12.50");
  assert.equal(usd(null), "unknown");
  assert.equal(exactUsd("1234.56"), "$1,234.56");
  assert.equal(exactUsd(null), "unknown");
  assert.equal(shortUsd(1000), "$1k");
});

test("shares, times and months are in words", () => {
  assert.equal(percent(0.3), "30 %");
  assert.equal(percent(0.004), "< 1 %");
  assert.equal(percent(0), "0 %");
  assert.equal(percent(0.025), "2.5 %");
  assert.equal(seconds(0.0125), "12.5 ms");
  assert.equal(seconds(1.25), "1.25 s");
  assert.equal(months(14.2), "14.2 months");
  assert.equal(months(30), "2.5 years");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../src/app/scanned.ts";
import { leaving, list, settings } from "../src/views/privacy/leaving.ts";
import { pieces, placed, wellFormed } from "../src/views/privacy/places.ts";

/** As the gateway counts: code points. */
function finding(text: string, value: string, label = "email") {
  const characters = [...text];
  const start = [...text.slice(0, text.indexOf(value))].length;
  assert.equal(characters.slice(start, start + [...value].length).join(""), value);
  return { label, start, end: start + [...value].length, kind: "", score: 1 };
}

function treated(actions: Record<string, Action>) {
  return Object.entries(actions).map(([label, action]) => ({ label, action }));
}

test("places are found behind emoji, accents and lines", () => {
  const text = "👩‍💻 Zoë e\u0301 𝔘\n\n😀 ada@example.com!\r\nbob@example.com";
  const values = ["ada@example.com", "bob@example.com", "𝔘"];
  const found = placed(
    text,
    values.map((value) => finding(text, value)),
  );
  assert.deepEqual(
    found.map(({ from, to }) => text.slice(from, to)),
    ["𝔘", "ada@example.com", "bob@example.com"],
  );
  assert.deepEqual(
    found.map(({ line, column }) => [line, column]),
    [
      [1, 12],
      [3, 3],
      [4, 1],
    ],
  );
});

test("a place outside of the text has no highlight, and breaks nothing", () => {
  const found = placed("ab", [{ label: "x", start: 1, end: 9, kind: "", score: 1 }]);
  assert.equal(pieces("ab", found).flatMap(({ stretches }) => stretches).length, 2);
});

test("the pieces are the whole text, whatever overlaps", () => {
  const text = "at https://a.example/?m=ada@example.com&t=1, then 4111";
  const found = placed(text, [
    finding(text, "https://a.example/?m=ada@example.com&t=1", "url"),
    finding(text, "ada@example.com"),
    finding(text, "ada@example.com", "person"),
    finding(text, "example.com&t", "secret"),
    finding(text, "4111", "card"),
  ]);
  const cut = pieces(text, found);
  assert.equal(cut.flatMap(({ stretches }) => stretches.map((each) => each.text)).join(""), text);
  assert.deepEqual(
    cut.map(({ findings }) => findings.map(({ label }) => label)),
    [[], ["url", "email", "person", "secret"], [], ["card"]],
  );
  const url = cut[1]?.stretches.map((each) => [each.text, each.covers.length]);
  assert.deepEqual(url, [
    ["https://a.example/?m=", 1],
    ["ada@", 3],
    ["example.com", 4],
    ["&t", 2],
    ["=1", 1],
  ]);
});

test("findings that touch are two", () => {
  const text = "ab";
  const found = placed(text, [finding(text, "a", "x"), finding(text, "b", "y")]);
  assert.equal(pieces(text, found).length, 2);
  assert.deepEqual(pieces("", []), []);
});

test("half a character is replaced by one of the same length", () => {
  assert.equal(wellFormed("a\ud83d b\ude00 😀"), "a\ufffd b\ufffd 😀");
});

test("a text leaves only if nothing in it stays", () => {
  const cases: [Record<string, Action>, boolean, string][] = [
    [{}, true, "It would leave as it is: nothing was found."],
    [{ email: "mask", card: "redact" }, true, "`email` masked and `card` redacted"],
    [{ email: "allow" }, true, "`email` as it is"],
    [{ email: "mask", iban: "local" }, false, "because of `iban` only local targets"],
    [{ email: "local", iban: "deny" }, false, "because of `iban`: no target"],
  ];
  for (const [actions, leaves, part] of cases) {
    const said = leaving(treated(actions));
    assert.equal(said.leaves, leaves, said.sentence);
    assert.ok(said.sentence.includes(part), said.sentence);
  }
  assert.deepEqual([list([]), list(["a"]), list(["a", "b", "c"])], ["", "a", "a, b and c"]);
});

test("settings say what differs from what a route does by itself", () => {
  assert.equal(settings(null, treated({ iban: "local" })), "privacy:\n  actions: {}");
  assert.equal(
    settings(["card", "email"], treated({ email: "mask" })),
    "privacy:\n  detect: [card, email]\n  actions:\n    email: mask",
  );
  assert.equal(settings([], []), "privacy:\n  detect: []\n  actions: {}");
});

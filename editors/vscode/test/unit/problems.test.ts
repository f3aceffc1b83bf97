// Do the problem matchers read what `pql check` prints? test/fixtures/check.txt is such a print; a test in Python
// compares it with what `pql check` prints today.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Pattern {
  name: string;
  regexp: string;
  kind?: string;
  file: number;
  line?: number;
  column?: number;
  code: number;
  severity: number;
  message: number;
}
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { contributes: { problemPatterns: Pattern[] } };
const printed = readFileSync("test/fixtures/check.txt", "utf8").split("\n");

function read(name: string): (string | undefined)[][] {
  const pattern = manifest.contributes.problemPatterns.find((each) => each.name === name);
  assert.ok(pattern);
  const { file, line, column, code, severity, message } = pattern;
  return printed.flatMap((text) => {
    const found = new RegExp(pattern.regexp).exec(text);
    return found === null
      ? []
      : [[file, line, column, code, severity, message].map((group) => (group === undefined ? undefined : found[group]))];
  });
}

test("problems with a place", () => {
  assert.deepEqual(read("pql-check"), [
    ["segments/broken.pql", "2", "7", "PQL001", undefined, "the expression ends too early after `=`: expected a value"],
    ["segments/page.json", "3", "11", "PQL101", "warning", "unknown field `a:1` ($.expression.value)"],
    ["segments/with space.pql", "1", "24", "PQL069", "info", "`noqa: PQL302` suppresses nothing here"],
  ]);
});

test("problems of whole files", () => {
  assert.deepEqual(read("pql-check-file"), [
    ["gone.pql", undefined, undefined, "PQL044", undefined, "there is no such file"],
  ]);
});

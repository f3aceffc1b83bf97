// Is PQL suspected where it may be, and tasks turned into commands?
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayHoldPql } from "../../src/hosts";
import { taskArguments } from "../../src/taskCommand";

test("documents that may hold PQL", () => {
  assert.ok(mayHoldPql("pql", ""));
  assert.ok(mayHoldPql("pql-json", ""));
  assert.ok(mayHoldPql("json", '{"expression": {"type": "PQL", "value": "a"}}'));
  assert.ok(mayHoldPql("yaml", "expression:\n  format: pql/text\n"));
  assert.ok(mayHoldPql("json", '{"nodeType": "literal"}'));
});

test("documents that do not", () => {
  assert.ok(!mayHoldPql("json", '{"name": "package"}'));
  assert.ok(!mayHoldPql("yaml", "expression: 1 + 1"));
  assert.ok(!mayHoldPql("yaml", "database: mypql"));
  assert.ok(!mayHoldPql("json", ""));
});

test("tasks", () => {
  assert.deepEqual(taskArguments({ type: "pql", command: "check" }), ["check"]);
  assert.deepEqual(taskArguments({ type: "pql", command: "check", paths: ["a b"], args: ["--method", "batch"] }), [
    "check",
    "--method",
    "batch",
    "a b",
  ]);
  assert.deepEqual(taskArguments({ type: "pql", command: "test", paths: ["-x.pql"] }), ["test", "--", "-x.pql"]);
});

for (const task of [{}, { command: "rm" }, { command: "check", args: "x" }, { command: "check", paths: [1] }]) {
  test(`a wrong task is refused: ${JSON.stringify(task)}`, () => {
    assert.ok("wrong" in taskArguments({ type: "pql", ...task }));
  });
}

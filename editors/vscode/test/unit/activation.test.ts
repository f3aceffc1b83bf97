// Does the extension do what its manifest declares when it is loaded? With a stand-in for VS Code.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import * as vscode from "vscode";
import { activate, deactivate } from "../../src/extension";

interface State {
  commands: Map<string, (...args: unknown[]) => unknown>;
  contexts: Map<string, unknown>;
  messages: { kind: string; message: string; choices: string[] }[];
  executed: unknown[][];
  settings: Map<string, unknown>;
  folders: { uri: { scheme: string; fsPath: string }; name: string }[] | undefined;
  trusted: boolean;
  items: { text: string; detail: string; command: { command: string } }[];
  channels: { name: string; lines: string[] }[];
  providers: [string, unknown][];
}
const { __state: state, __reset: reset } = vscode as unknown as { __state: State; __reset: () => void };
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  contributes: { commands: { command: string }[]; taskDefinitions: { type: string }[] };
};
const declared = manifest.contributes.commands.map(({ command }) => command).sort();

async function start(): Promise<vscode.Disposable[]> {
  const subscriptions: vscode.Disposable[] = [];
  const memory = { get: (_key: string, fallback: unknown) => fallback, update: () => Promise.resolve() };
  await activate({ subscriptions, workspaceState: memory } as unknown as vscode.ExtensionContext);
  return subscriptions;
}

beforeEach(() => {
  reset();
  process.env["PATH"] = "/nowhere";
});

test("every declared command, and the task provider, is there even without a server", async () => {
  await start();
  assert.deepEqual([...state.commands.keys()].sort(), declared);
  assert.deepEqual(state.providers.map(([type]) => type), manifest.contributes.taskDefinitions.map(({ type }) => type));
  await deactivate();
});

test("without a server the user is told so once, with an offer to install", async () => {
  state.folders = [{ uri: { scheme: "file", fsPath: "/work" }, name: "work" }];
  await start();
  await state.commands.get("pql.editor.restart")?.();
  const warnings = state.messages.filter(({ kind }) => kind === "warning");
  // Another test of this process may have said it already.
  assert.ok(warnings.length <= 1);
  assert.match(state.items[0]?.detail ?? "", /neither in `\.venv` of the workspace nor on the PATH/);
  assert.equal(state.items[0]?.command.command, "pql.editor.install");
  assert.equal(state.contexts.get("pql.serverRunning"), false);
  await deactivate();
});

test("commands without an editor say what is missing", async () => {
  await start();
  for (const name of ["describe", "showJson", "explain", "convert", "canonical"]) {
    state.messages.length = 0;
    await state.commands.get(`pql.editor.${name}`)?.();
    assert.deepEqual(state.messages.map(({ message }) => message), ["Open a file with PQL first."], name);
  }
  await deactivate();
});

test("a server that dies at once is told as one that could not be started", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pql-"));
  const bin = join(folder, ".venv", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "pql"), "#!/bin/sh\nexit 3\n");
  chmodSync(join(bin, "pql"), 0o755);
  state.folders = [{ uri: { scheme: "file", fsPath: folder }, name: "work" }];
  await start();
  assert.ok(state.channels[0]?.lines.some((line) => line.startsWith("info: starting") && line.endsWith("pql lsp")));
  assert.equal(state.items[0]?.text, "PQL: not running");
  assert.ok(state.messages.some(({ kind, message }) => kind === "error" && message.includes("could not be started")));
  await deactivate();
});

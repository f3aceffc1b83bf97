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
  state.folders = [{ uri: { scheme: "file", fsPath: "/projects" }, name: "work" }];
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

/** A workspace whose virtual environment has this program as its `pql`. */
function install(script: string): void {
  const folder = mkdtempSync(join(tmpdir(), "pql-"));
  const bin = join(folder, ".venv", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "pql"), script);
  chmodSync(join(bin, "pql"), 0o755);
  state.folders = [{ uri: { scheme: "file", fsPath: folder }, name: "work" }];
}

// Answers every request: `initialize` with its name, commands with what they were asked.
const SERVER = `#!${process.execPath}
let buffer = Buffer.alloc(0);
process.stdin.on("data", (data) => {
  buffer = Buffer.concat([buffer, data]);
  for (;;) {
    const head = buffer.indexOf("\\r\\n\\r\\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\\d+)/i.exec(buffer.subarray(0, head).toString())[1]);
    if (buffer.length < head + 4 + length) return;
    const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString());
    buffer = buffer.subarray(head + 4 + length);
    if (message.method === "exit") process.exit(0);
    if (message.id === undefined || message.method === undefined) continue;
    let result = null;
    if (message.method === "initialize") result = { capabilities: {}, serverInfo: { name: "stub", version: "9.9" } };
    if (message.method === "workspace/executeCommand") {
      const { command, arguments: [argument] } = message.params;
      result = { title: command, text: JSON.stringify([process.argv.slice(2), argument]) };
    }
    const text = Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
    process.stdout.write("Content-Length: " + text.length + "\\r\\n\\r\\n" + text);
  }
});
`;

test("a server that answers is shown with its version, and asked about the cursor", async () => {
  install(SERVER);
  const subscriptions = await start();
  assert.equal(state.items[0]?.text, "PQL 9.9");
  assert.equal(state.contexts.get("pql.serverRunning"), true);
  const uri = { toString: () => "file:///projects/vip.pql" };
  Object.assign(vscode.window, {
    activeTextEditor: { document: { uri, languageId: "pql" }, selection: { active: { line: 2, character: 5 } } },
  });
  await state.commands.get("pql.editor.describe")?.();
  Object.assign(vscode.window, { activeTextEditor: undefined });
  assert.deepEqual(state.messages, []);
  const [shown] = state.executed.filter(([name]) => name === "markdown.showPreviewToSide");
  assert.ok(shown);
  const results = subscriptions.find((each): each is vscode.Disposable & vscode.TextDocumentContentProvider =>
    "provideTextDocumentContent" in each,
  );
  const text = await results?.provideTextDocumentContent(shown[1] as vscode.Uri, undefined as never);
  assert.deepEqual(JSON.parse(text ?? ""), [["lsp"], { uri: "file:///projects/vip.pql", position: { line: 2, character: 5 } }]);
  await state.commands.get("pql.editor.restart")?.();
  assert.equal(state.items[0].text, "PQL 9.9");
  await deactivate();
});

test("a server that dies at once is told as one that could not be started", async () => {
  install("#!/bin/sh\nexit 3\n");
  await start();
  assert.ok(state.channels[0]?.lines.some((line) => line.startsWith("info: starting") && line.endsWith("pql lsp")));
  assert.equal(state.items[0]?.text, "PQL: not running");
  assert.ok(state.messages.some(({ kind, message }) => kind === "error" && message.includes("could not be started")));
  await deactivate();
});

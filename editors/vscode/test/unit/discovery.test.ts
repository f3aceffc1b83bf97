// Is the server found where users have it, and is what is missing said in their words?
import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Surroundings } from "../../src/discovery";

function around(files: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: "",
    folders: ["/projects/shop"],
    trusted: true,
    platform: "linux",
    home: "/home/kim",
    searchPath: "/usr/local/bin:/usr/bin",
    isFile: (path) => files.includes(path),
    ...more,
  };
}

const VENV = "/projects/shop/.venv/bin/pql";
const PATH = "/usr/bin/pql";

test("the virtual environment of the workspace comes before the PATH", () => {
  assert.deepEqual(findServer(around([VENV, PATH])), { kind: "found", command: VENV, args: ["lsp"], origin: "environment" });
});

test("venv will do as well as .venv, in any folder of the workspace", () => {
  const second = "/projects/mail/venv/bin/pql";
  const found = findServer(around([second, PATH], { folders: ["/projects/shop", "/projects/mail"] }));
  assert.deepEqual(found, { kind: "found", command: second, args: ["lsp"], origin: "environment" });
});

test("the PATH is the last resort", () => {
  assert.deepEqual(findServer(around([PATH])), { kind: "found", command: PATH, args: ["lsp"], origin: "path" });
});

test("nothing of a workspace that is not trusted is run", () => {
  assert.equal(findServer(around([VENV], { trusted: false })).kind, "missing");
  assert.deepEqual(findServer(around([VENV, PATH], { trusted: false })), {
    kind: "found",
    command: PATH,
    args: ["lsp"],
    origin: "path",
  });
});

test("relative entries of the PATH are passed over", () => {
  assert.equal(findServer(around(["./pql", "bin/pql", "pql"], { searchPath: ".:bin::" })).kind, "missing");
});

test("a setting comes first, with its arguments", () => {
  const found = findServer(around([VENV, "/opt/uv"], { setting: ["/opt/uv", "run", "pql"] }));
  assert.deepEqual(found, { kind: "found", command: "/opt/uv", args: ["run", "pql", "lsp"], origin: "setting" });
});

test("a setting may name a program on the PATH", () => {
  const found = findServer(around([VENV, "/usr/bin/uv"], { setting: ["uv", "run", "pql"] }));
  assert.deepEqual(found, { kind: "found", command: "/usr/bin/uv", args: ["run", "pql", "lsp"], origin: "setting" });
});

for (const [setting, file] of [
  ["~/bin/pql", "/home/kim/bin/pql"],
  ["${workspaceFolder}/tools/pql", "/projects/shop/tools/pql"],
  ["tools/pql", "/projects/shop/tools/pql"],
  ["${userHome}/pql", "/home/kim/pql"],
] as const) {
  test(`${setting} is filled in`, () => {
    assert.deepEqual(findServer(around([file], { setting })), { kind: "found", command: file, args: ["lsp"], origin: "setting" });
  });
}

for (const setting of ["", "  ", null, undefined, []]) {
  test(`${JSON.stringify(setting)} is no setting`, () => {
    assert.equal(findServer(around([VENV], { setting })).kind, "found");
  });
}

for (const setting of [5, {}, ["pql", 5], true]) {
  test(`${JSON.stringify(setting)} is a wrong setting, and nothing else is run instead`, () => {
    const missing = findServer(around([VENV, PATH], { setting }));
    assert.ok(missing.kind === "missing" && !missing.installable);
    assert.match(missing.reason, /pql\.server\.path.*text/);
  });
}

test("a setting that names nothing is told, and nothing else is run instead", () => {
  const missing = findServer(around([VENV, PATH], { setting: "/gone/pql" }));
  assert.ok(missing.kind === "missing" && !missing.installable);
  assert.match(missing.reason, /`\/gone\/pql`/);
});

test("without a server the user is told where it was looked for", () => {
  const missing = findServer(around([]));
  assert.ok(missing.kind === "missing" && missing.installable);
  assert.match(missing.reason, /\.venv.*PATH/);
});

test("on Windows programs lie in Scripts and have a suffix", () => {
  const windows = { platform: "win32", folders: ["C:\\shop"], searchPath: "C:\\Windows;C:\\Tools", extensions: ".COM;.EXE;.BAT" } as const;
  const venv = "C:\\shop\\.venv\\Scripts\\pql.exe";
  assert.deepEqual(findServer(around([venv], windows)), { kind: "found", command: venv, args: ["lsp"], origin: "environment" });
  const tool = "C:\\Tools\\pql.exe";
  assert.deepEqual(findServer(around([tool], windows)), { kind: "found", command: tool, args: ["lsp"], origin: "path" });
  assert.equal(findServer(around(["C:\\Tools\\pql.bat"], windows)).kind, "missing");
  const given = findServer(around([tool], { ...windows, setting: "C:\\Tools\\pql" }));
  assert.deepEqual(given, { kind: "found", command: tool, args: ["lsp"], origin: "setting" });
});

test("a workspace without folders has the PATH", () => {
  assert.equal(findServer(around([PATH], { folders: [] })).kind, "found");
});

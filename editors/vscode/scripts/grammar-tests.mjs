// Runs the tests of the grammars: assertions on scopes, then snapshots. `--update` writes the snapshots anew.
//
// The grammars are those that package.json contributes, with JSON, JSON Lines and YAML of tm-grammars as their hosts,
// which VS Code brings itself.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { contributes } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const tools = dirname(createRequire(import.meta.url).resolve("vscode-tmgrammar-test/package.json"));
const hosts = [
  ["json", "source.json"],
  ["jsonl", "source.json.lines"],
  ["yaml", "source.yaml"],
].map(([language, scopeName]) => ({
  language,
  scopeName,
  path: `../node_modules/tm-grammars/grammars/${language}.json`,
}));
const config = {
  contributes: {
    languages: [
      ...contributes.languages,
      { id: "json", extensions: [".json"] },
      { id: "jsonl", extensions: [".jsonl"] },
      { id: "yaml", extensions: [".yaml"] },
    ],
    grammars: [...contributes.grammars.map((grammar) => ({ ...grammar, path: join("..", grammar.path) })), ...hosts],
  },
};
const folder = join(root, "dist-test");
mkdirSync(folder, { recursive: true });
const configFile = join(folder, "hosts.json");
writeFileSync(configFile, JSON.stringify(config));

const files = (name) => readdirSync(join(root, "test/grammar", name)).map((file) => `test/grammar/${name}/${file}`);
const run = (tool, ...args) => {
  const { status } = spawnSync(process.execPath, [join(tools, "dist", tool), "--config", relative(root, configFile), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(1);
};

const update = process.argv.includes("--update");
const sources = files("snapshots").filter((file) => !file.endsWith(".snap"));
// The tool writes a missing snapshot and is content; a test must not be.
const missing = sources.filter((file) => !existsSync(join(root, `${file}.snap`)));
if (missing.length > 0 && !update) {
  console.error(`no snapshot of ${missing.join(", ")}: run npm run snapshots`);
  process.exit(1);
}
run("unit.js", ...files("scopes"));
run("snapshot.js", ...(update ? ["--updateSnapshot"] : []), ...sources);

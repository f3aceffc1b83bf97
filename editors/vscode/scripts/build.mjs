// Bundles the extension into dist/, or with `--tests` the unit tests into dist-test/. `--watch` stays, `--production`
// makes the bundle small and leaves the source map out.
import { readdirSync } from "node:fs";
import { context } from "esbuild";

const has = (flag) => process.argv.includes(flag);
const production = has("--production");
const shared = { bundle: true, format: "cjs", platform: "node", target: "node20", logLevel: "warning" };
const options = has("--tests")
  ? {
      ...shared,
      entryPoints: readdirSync("test/unit").map((file) => `test/unit/${file}`),
      outdir: "dist-test",
      alias: { vscode: "./test/stub/vscode.cjs" },
      outExtension: { ".js": ".cjs" },
    }
  : {
      ...shared,
      entryPoints: ["src/extension.ts"],
      outfile: "dist/extension.js",
      external: ["vscode"],
      minify: production,
      sourcemap: !production,
    };
const build = await context(options);
if (has("--watch")) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}

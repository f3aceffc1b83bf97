// Where is the server? Told by the settings, else by the workspace's virtual environment, else by the PATH.
import * as path from "node:path";

/** What is known of the machine and the workspace; the file system is asked through `isFile`. */
export interface Surroundings {
  /** The setting `pql.server.path`: a program, a command as a list, or nothing. */
  setting: unknown;
  /** The folders of the workspace, the first one first. */
  folders: readonly string[];
  /** Whether the user trusts the workspace; programs of one that is not are left alone. */
  trusted: boolean;
  platform: NodeJS.Platform;
  home: string;
  /** The variable PATH, and on Windows PATHEXT. */
  searchPath: string;
  extensions?: string;
  isFile: (path: string) => boolean;
}

/** A command, and where it comes from. */
export interface Server {
  kind: "found";
  command: string;
  args: string[];
  origin: "setting" | "environment" | "path";
}

/** Why there is none, in words for the user. */
export interface Missing {
  kind: "missing";
  reason: string;
  /** Whether installing would help; it does not where the setting is wrong. */
  installable: boolean;
}

export function findServer(around: Surroundings): Server | Missing {
  const setting = readSetting(around.setting);
  if (typeof setting === "string") {
    return { kind: "missing", reason: setting, installable: false };
  }
  return setting.length > 0 ? fromSetting(setting, around) : fromWorkspace(around);
}

/** The words of the command, none if there is no setting, or what is wrong with it. */
function readSetting(setting: unknown): string[] | string {
  if (setting === undefined || setting === null) {
    return [];
  }
  const words: unknown[] = Array.isArray(setting) ? setting : [setting];
  if (!words.every((word) => typeof word === "string")) {
    return "the setting `pql.server.path` has to be a text or a list of texts";
  }
  return words.length === 1 && words[0]?.trim() === "" ? [] : words;
}

function fromSetting(words: string[], around: Surroundings): Server | Missing {
  const [program = "", ...args] = words.map((word) => expand(word, around));
  const api = paths(around);
  const known = /[\\/]/.test(program)
    ? candidates(absolute(program, around), around).find(around.isFile)
    : search(program, around);
  if (known === undefined) {
    return { kind: "missing", reason: `the setting \`pql.server.path\` names \`${program}\`, which is not there`, installable: false };
  }
  return { kind: "found", command: api.normalize(known), args: [...args, "lsp"], origin: "setting" };
}

function fromWorkspace(around: Surroundings): Server | Missing {
  const api = paths(around);
  const windows = around.platform === "win32";
  if (around.trusted) {
    for (const folder of around.folders) {
      for (const name of [".venv", "venv"]) {
        const program = windows ? api.join(folder, name, "Scripts", "pql.exe") : api.join(folder, name, "bin", "pql");
        if (around.isFile(program)) {
          return { kind: "found", command: program, args: ["lsp"], origin: "environment" };
        }
      }
    }
  }
  const program = search("pql", around);
  if (program !== undefined) {
    return { kind: "found", command: program, args: ["lsp"], origin: "path" };
  }
  const where = around.trusted ? "neither in `.venv` of the workspace nor on the PATH" : "not on the PATH";
  return { kind: "missing", reason: `the language server \`pql\` is ${where}`, installable: true };
}

function expand(word: string, around: Surroundings): string {
  const home = word === "~" || /^~[\\/]/.test(word) ? around.home + word.slice(1) : word;
  return home.replaceAll("${workspaceFolder}", around.folders[0] ?? "").replaceAll("${userHome}", around.home);
}

function absolute(program: string, around: Surroundings): string {
  const api = paths(around);
  return api.isAbsolute(program) ? program : api.join(around.folders[0] ?? around.home, program);
}

/** The first program of this name on the PATH. Relative entries are passed over: they could mean any folder. */
function search(program: string, around: Surroundings): string | undefined {
  const api = paths(around);
  return around.searchPath
    .split(around.platform === "win32" ? ";" : ":")
    .filter((folder) => api.isAbsolute(folder))
    .flatMap((folder) => candidates(api.join(folder, program), around))
    .find(around.isFile);
}

/** On Windows a program may be named without its suffix. */
function candidates(program: string, around: Surroundings): string[] {
  if (around.platform !== "win32") {
    return [program];
  }
  // Scripts (.cmd, .bat) cannot be started without a shell, so they are not looked for.
  const suffixes = (around.extensions ?? ".EXE").split(";").filter((suffix) => /^\.(exe|com)$/i.test(suffix));
  return [program, ...suffixes.map((suffix) => program + suffix.toLowerCase())].filter((each) => /\.(exe|com)$/i.test(each));
}

function paths(around: Surroundings): path.PlatformPath {
  return around.platform === "win32" ? path.win32 : path.posix;
}

// Stands in for the module `vscode` in unit tests, which run without an editor. It remembers what is registered and
// said; whatever is not named here is a thing that can be called, constructed, derived from and asked for more.
const { EventEmitter } = require("node:events");

function anything(name) {
  const known = new Map();
  return new Proxy(class Anything {
    dispose() {}
  }, {
    apply: () => anything(`${name}()`),
    construct: (target, args, newTarget) => Reflect.construct(target, args, newTarget),
    get(target, key) {
      if (key === "then" || typeof key === "symbol") return undefined;
      if (key in target) return target[key];
      if (!known.has(key)) known.set(key, callable(`${name}.${key}`));
      return known.get(key);
    },
  });
}

/** A function that gives something to dispose of, a class, and an object with any member. */
function callable(name) {
  const inner = anything(name);
  return new Proxy(function () { return { dispose() {} }; }, {
    get: (target, key) => (key === "prototype" ? target.prototype : inner[key]),
    construct: (_target, args, newTarget) => Reflect.construct(inner, args, newTarget === undefined ? inner : newTarget),
  });
}

const state = {
  commands: new Map(),
  contexts: new Map(),
  messages: [],
  executed: [],
  settings: new Map(),
  folders: undefined,
  trusted: true,
  items: [],
  channels: [],
  providers: [],
};

function reset() {
  for (const each of [state.commands, state.contexts, state.settings]) each.clear();
  for (const each of [state.messages, state.executed, state.items, state.channels, state.providers]) each.length = 0;
  Object.assign(state, { folders: undefined, trusted: true });
}

class Emitter {
  emitter = new EventEmitter();
  event = (listener) => {
    this.emitter.on("event", listener);
    return { dispose: () => this.emitter.off("event", listener) };
  };
  fire(value) { this.emitter.emit("event", value); }
  dispose() { this.emitter.removeAllListeners(); }
}

class Uri {
  constructor(parts) { Object.assign(this, parts); }
  static from(parts) { return new Uri(parts); }
  static parse(text) { return new Uri({ scheme: text.split(":")[0], path: text }); }
  static file(path) { return new Uri({ scheme: "file", path, fsPath: path }); }
  toString() { return `${this.scheme}:${this.path}`; }
}

class Disposable {
  constructor(call) { this.call = call; }
  static from(...all) { return new Disposable(() => all.forEach((each) => each.dispose())); }
  dispose() { this.call?.(); }
}

const say = (kind) => (message, ...choices) => {
  state.messages.push({ kind, message, choices });
  return Promise.resolve(undefined);
};
const silent = () => new Disposable(() => undefined);

const known = {
  __state: state,
  __reset: reset,
  version: "1.91.0",
  EventEmitter: Emitter,
  Disposable,
  Uri,
  LogLevel: { Off: 0, Trace: 1, Debug: 2, Info: 3, Warning: 4, Error: 5 },
  LanguageStatusSeverity: { Information: 0, Warning: 1, Error: 2 },
  commands: {
    registerCommand(name, run) {
      if (state.commands.has(name)) throw new Error(`command '${name}' already exists`);
      state.commands.set(name, run);
      return new Disposable(() => state.commands.delete(name));
    },
    executeCommand(name, ...args) {
      if (name === "setContext") state.contexts.set(args[0], args[1]);
      else state.executed.push([name, ...args]);
      return Promise.resolve(undefined);
    },
  },
  languages: {
    createLanguageStatusItem(id) {
      const item = { id, dispose() {} };
      state.items.push(item);
      return item;
    },
  },
  tasks: {
    registerTaskProvider(type, provider) {
      state.providers.push([type, provider]);
      return silent();
    },
  },
  window: {
    activeTextEditor: undefined,
    visibleTextEditors: [],
    createOutputChannel(name) {
      const lines = [];
      const write = (level) => (line) => lines.push(`${level}: ${line}`);
      const channel = { name, lines, show() {}, dispose() {}, logLevel: 3, onDidChangeLogLevel: silent };
      for (const level of ["trace", "debug", "info", "warn", "error", "append", "appendLine"]) channel[level] = write(level);
      state.channels.push(channel);
      return channel;
    },
    showInformationMessage: say("information"),
    showWarningMessage: say("warning"),
    showErrorMessage: say("error"),
    onDidChangeActiveTextEditor: silent,
  },
  workspace: {
    get workspaceFolders() { return state.folders; },
    get isTrusted() { return state.trusted; },
    getConfiguration: () => ({ get: (key, fallback) => state.settings.get(key) ?? fallback }),
    onDidChangeTextDocument: silent,
    onDidCloseTextDocument: silent,
    onDidChangeConfiguration: silent,
    onDidGrantWorkspaceTrust: silent,
    registerTextDocumentContentProvider: silent,
    textDocuments: [],
  },
};

/** The known members of an object, and anything for the rest. */
function completed(object, name) {
  const rest = anything(name);
  return new Proxy(object, { get: (target, key) => (key in target ? target[key] : rest[key]) });
}

for (const [name, value] of Object.entries(known)) {
  if (value?.constructor === Object && !name.startsWith("__")) known[name] = completed(value, name);
}
module.exports = completed(known, "vscode");

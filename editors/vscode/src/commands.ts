// What do the commands of the palette do? They ask the server about the expression at the cursor.
import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { mayHoldPql } from "./hosts";
import { isResult, type Result, type Results } from "./results";
import type { ServerControl } from "./server";

/** The commands of the server by those of the editor. The names differ: the client registers the server's itself. */
export const SERVER_COMMANDS = {
  "pql.editor.convert": "pql.convert",
  "pql.editor.canonical": "pql.canonical",
  "pql.editor.describe": "pql.describe",
  "pql.editor.showJson": "pql.showJson",
  "pql.editor.explain": "pql.explain",
} as const;

/** How long edits may go on before pql/json beside the text follows, in milliseconds. */
const FOLLOW_AFTER = 250;
const RECENT = "pql.recentProfiles";

export class Commands implements vscode.Disposable {
  private readonly following = new Map<string, { shown: vscode.Uri; position: vscode.Position; timer?: NodeJS.Timeout }>();

  constructor(
    private readonly server: ServerControl,
    private readonly results: Results,
    private readonly memory: vscode.Memento,
  ) {}

  register(): vscode.Disposable[] {
    const add = (name: keyof typeof SERVER_COMMANDS, run: () => Promise<void>): vscode.Disposable =>
      vscode.commands.registerCommand(name, run);
    return [
      add("pql.editor.convert", () => this.edit("pql.editor.convert")),
      add("pql.editor.canonical", () => this.edit("pql.editor.canonical")),
      add("pql.editor.describe", () => this.describe()),
      add("pql.editor.showJson", () => this.showJson()),
      add("pql.editor.explain", () => this.explain()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => { this.schedule(document); }),
      vscode.workspace.onDidCloseTextDocument((document) => { this.unfollow(document.uri); }),
      vscode.window.onDidChangeActiveTextEditor((editor) => { updateContext(editor); }),
    ];
  }

  /** The server changes the document itself. */
  private async edit(name: "pql.editor.convert" | "pql.editor.canonical"): Promise<void> {
    await this.ask(name);
  }

  private async describe(): Promise<void> {
    const result = await this.ask("pql.editor.describe");
    if (result !== undefined) {
      await this.results.showMarkdown(result);
    }
  }

  private async explain(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const profile = editor === undefined ? {} : await this.chooseProfile();
    if (profile === undefined) {
      return;
    }
    // Choosing a file may have moved the focus; the question is about the editor where it was asked.
    const result = await this.ask("pql.editor.explain", profile, editor);
    if (result !== undefined) {
      await this.results.showMarkdown(result);
    }
  }

  private async showJson(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const result = await this.ask("pql.editor.showJson", {}, editor);
    if (result !== undefined && editor !== undefined) {
      const shown = await this.results.showJson(result);
      this.following.set(editor.document.uri.toString(), { shown, position: editor.selection.active });
    }
  }

  /** Asks the server; undefined if there is nothing to show, which has then been said unless the command edits. */
  private async ask(
    name: keyof typeof SERVER_COMMANDS,
    more: object = {},
    editor = vscode.window.activeTextEditor,
  ): Promise<Result | undefined> {
    const { client } = this.server;
    if (editor === undefined) {
      void vscode.window.showInformationMessage("Open a file with PQL first.");
      return undefined;
    }
    if (client === undefined) {
      const restart = "Restart";
      const answer = await vscode.window.showWarningMessage("The PQL language server is not running.", restart);
      if (answer === restart) {
        await this.server.restart();
      }
      return undefined;
    }
    const edits = name === "pql.editor.convert" || name === "pql.editor.canonical";
    try {
      const result = await request(client, name, editor.document, editor.selection.active, more);
      if (isResult(result)) {
        return result;
      }
      if (!edits) {
        void vscode.window.showInformationMessage("There is no PQL expression at the cursor.");
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`PQL: ${reason}`);
    }
    return undefined;
  }

  /** What is to be sent of a profile: nothing for the sample of the configuration, else a path; undefined to give up. */
  private async chooseProfile(): Promise<{ profile?: string } | undefined> {
    const recent = this.memory.get<string[]>(RECENT, []);
    const configured = { label: "$(gear) Sample of the configuration", detail: "the first profile that pqltools.toml names" };
    const choose = { label: "$(folder-opened) Choose a file…", detail: "a profile as JSON" };
    const known = recent.map((path) => ({ label: `$(history) ${vscode.workspace.asRelativePath(path)}`, path }));
    const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { path?: string }>([configured, ...known, choose], {
      title: "On which profile?",
    });
    if (picked === undefined || picked === configured) {
      return picked && {};
    }
    const path = picked.path ?? (await chooseFile());
    if (path === undefined) {
      return undefined;
    }
    await this.memory.update(RECENT, [path, ...recent.filter((other) => other !== path)].slice(0, 5));
    return { profile: path };
  }

  private schedule(document: vscode.TextDocument): void {
    const entry = this.following.get(document.uri.toString());
    if (entry !== undefined) {
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => void this.refresh(document), FOLLOW_AFTER);
    }
  }

  private async refresh(document: vscode.TextDocument): Promise<void> {
    const entry = this.following.get(document.uri.toString());
    const { client } = this.server;
    if (entry === undefined || client === undefined || document.isClosed) {
      return;
    }
    const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
    entry.position = editor?.selection.active ?? entry.position;
    const { version } = document;
    try {
      const result = await request(client, "pql.editor.showJson", document, entry.position, {});
      // While the text is broken the last tree stays; an answer to an older text is dropped.
      if (isResult(result) && document.version === version) {
        this.results.put(entry.shown, result.text);
      }
    } catch (error) {
      this.server.log.debug(`pql.showJson: ${String(error)}`);
    }
  }

  /** Ends the following when the text, or the document that shows its tree, is closed. */
  private unfollow(uri: vscode.Uri): void {
    const closed = uri.toString();
    for (const [source, entry] of this.following) {
      if (source === closed || entry.shown.toString() === closed) {
        clearTimeout(entry.timer);
        this.following.delete(source);
        this.results.forget(entry.shown);
      }
    }
  }

  dispose(): void {
    for (const { timer } of this.following.values()) {
      clearTimeout(timer);
    }
    this.following.clear();
  }
}

function request(
  client: LanguageClient,
  name: keyof typeof SERVER_COMMANDS,
  document: vscode.TextDocument,
  position: vscode.Position,
  more: object,
): Promise<unknown> {
  const uri = client.code2ProtocolConverter.asUri(document.uri);
  return client.sendRequest(ExecuteCommandRequest.type, {
    command: SERVER_COMMANDS[name],
    arguments: [{ uri, position: client.code2ProtocolConverter.asPosition(position), ...more }],
  });
}

async function chooseFile(): Promise<string | undefined> {
  const found = await vscode.window.showOpenDialog({
    title: "A profile",
    openLabel: "Explain",
    filters: { Profiles: ["json", "ndjson", "jsonl", "yaml", "yml"] },
  });
  return found?.[0]?.fsPath;
}

/** Tells the palette whether the active document may hold PQL. */
export function updateContext(editor: vscode.TextEditor | undefined): void {
  const holds = editor !== undefined && mayHoldPql(editor.document.languageId, editor.document.getText());
  void vscode.commands.executeCommand("setContext", "pql.isHost", holds);
}

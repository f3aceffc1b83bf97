// How are results of the server shown? As read-only documents, Markdown rendered, and pql/json that follows edits.
import * as vscode from "vscode";

export const SCHEME = "pql-result";

/** What the commands of the server that tell something return. */
export interface Result {
  title: string;
  text: string;
}

export function isResult(value: unknown): value is Result {
  return typeof value === "object" && value !== null && "text" in value && typeof value.text === "string";
}

/** The documents of one session, by their addresses. */
export class Results implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Puts a text at an address; an open document follows. */
  put(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
  }

  forget(uri: vscode.Uri): void {
    this.texts.delete(uri.toString());
  }

  /** Renders Markdown beside the editor. */
  async showMarkdown(result: Result): Promise<void> {
    const uri = address(result.title, "md");
    this.put(uri, result.text);
    try {
      await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
    } catch {
      // The extension for Markdown that VS Code brings can be switched off.
      await this.open(uri, "markdown");
    }
  }

  /** Shows pql/json beside the editor and gives its address. */
  async showJson(result: Result): Promise<vscode.Uri> {
    const uri = address(result.title, "pql.json");
    this.put(uri, result.text);
    await this.open(uri, "pql-json");
    return uri;
  }

  private async open(uri: vscode.Uri, language: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }

  dispose(): void {
    this.changed.dispose();
  }
}

function address(title: string, suffix: string): vscode.Uri {
  const name = (title || "PQL").replace(/[\\/?#:*"<>|]/g, "-").slice(0, 80);
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}.${suffix}` });
}

// What happens when the extension is loaded? The server is started, and everything that talks to it registered.
import * as vscode from "vscode";
import { Commands, updateContext } from "./commands";
import { installIntoEnvironment } from "./install";
import { Results, SCHEME } from "./results";
import { ServerControl } from "./server";
import { Status } from "./status";
import { makeTask, PqlTasks } from "./tasks";

let server: ServerControl | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const status = new Status();
  const results = new Results();
  const control = new ServerControl(status, results);
  server = control;
  const commands = new Commands(control, results, context.workspaceState);
  context.subscriptions.push(
    status,
    results,
    control,
    commands,
    ...commands.register(),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, results),
    vscode.tasks.registerTaskProvider("pql", new PqlTasks()),
    vscode.commands.registerCommand("pql.editor.restart", () => control.restart()),
    vscode.commands.registerCommand("pql.editor.showLog", () => { control.log.show(); }),
    vscode.commands.registerCommand("pql.editor.install", installIntoEnvironment),
    vscode.commands.registerCommand("pql.editor.newFile", newExpression),
    vscode.commands.registerCommand("pql.editor.checkWorkspace", checkWorkspace),
    vscode.workspace.onDidGrantWorkspaceTrust(() => control.restart()),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("pql.server.path")) {
        await control.restart();
      } else if (event.affectsConfiguration("pql")) {
        await control.settingsChanged();
      }
    }),
  );
  updateContext(vscode.window.activeTextEditor);
  await control.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function newExpression(): Promise<void> {
  const content = 'homeAddress.countryCode = "US"\nand xEvent[timestamp occurs <= 30 days before now].count() > 0\n';
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: "pql", content }));
}

async function checkWorkspace(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const task = folder && makeTask({ type: "pql", command: "check" }, folder);
  if (task === undefined) {
    void vscode.window.showInformationMessage("Open a folder first.");
    return;
  }
  await vscode.tasks.executeTask(task);
}

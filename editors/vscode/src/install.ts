// How does a user without the server get it?
import * as vscode from "vscode";
import type { Missing } from "./discovery";

/** What pip is to install. */
export const REQUIREMENT = "pqltools";

let offered = false;

/** Says why there is no server and offers what can be done; once a session, unless the user asks. */
export async function offerInstallation(missing: Missing, asked = false): Promise<void> {
  if (offered && !asked) {
    return;
  }
  offered = true;
  const install = "Install into .venv";
  const settings = "Open Settings";
  const choices = missing.installable && vscode.workspace.workspaceFolders !== undefined ? [install, settings] : [settings];
  const answer = await vscode.window.showWarningMessage(`PQL: ${missing.reason}.`, ...choices);
  if (answer === install) {
    installIntoEnvironment();
  } else if (answer === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "pql.server.path");
  }
}

/** Types the commands into a terminal, where the user sees what happens and can correct it. */
export function installIntoEnvironment(): void {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    void vscode.window.showInformationMessage(
      `Open a folder first, or install the server yourself: pip install "${REQUIREMENT}"`,
    );
    return;
  }
  const terminal = vscode.window.createTerminal({ name: "Install PQL", cwd: folder.uri });
  terminal.show();
  const windows = process.platform === "win32";
  const python = windows ? "py -3" : "python3";
  const inside = windows ? ".venv\\Scripts\\python" : ".venv/bin/python";
  // One command a line works in every shell; `&&` does not in older versions of PowerShell.
  terminal.sendText(`${python} -m venv .venv`);
  terminal.sendText(`${inside} -m pip install "${REQUIREMENT}"`);
  void vscode.window
    .showInformationMessage("When the installation in the terminal is finished, start the server.", "Start Server")
    .then((answer) => (answer === undefined ? undefined : vscode.commands.executeCommand("pql.editor.restart")));
}

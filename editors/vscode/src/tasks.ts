// Which tasks are there? `pql check` and `pql test` for each folder, and those of tasks.json.
import * as vscode from "vscode";
import { locateServer } from "./server";
import { taskArguments, type PqlTask } from "./taskCommand";

const MATCHERS = ["$pql-check", "$pql-check-file"];

export class PqlTasks implements vscode.TaskProvider {
  provideTasks(): vscode.Task[] {
    return (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === "file")
      .flatMap((folder) => (["check", "test"] as const).map((command) => makeTask({ type: "pql", command }, folder)))
      .filter((task) => task !== undefined);
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const folder = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return folder && makeTask(task.definition, folder, task.definition);
  }
}

/** The task for a definition; the same definition object has to come back from `resolveTask`. */
export function makeTask(
  task: PqlTask,
  folder: vscode.WorkspaceFolder,
  definition: vscode.TaskDefinition = { ...task },
): vscode.Task | undefined {
  const args = taskArguments(task);
  if (!Array.isArray(args)) {
    void vscode.window.showErrorMessage(`PQL: ${args.wrong}`);
    return undefined;
  }
  const server = locateServer();
  // The words before `lsp` are what runs `pql`; without a server the shell says that there is none.
  const [command, before] = server.kind === "found" ? [server.command, server.args.slice(0, -1)] : ["pql", []];
  const execution = new vscode.ProcessExecution(command, [...before, ...args], { cwd: folder.uri.fsPath });
  const name = args.join(" ");
  const made = new vscode.Task(definition, folder, name, "pql", execution, task.command === "check" ? MATCHERS : []);
  if (task.command === "test") {
    made.group = vscode.TaskGroup.Test;
  }
  return made;
}

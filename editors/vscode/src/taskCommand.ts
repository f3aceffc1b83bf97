// What does a task of type `pql` run?

/** A task in tasks.json; `required` of the task definition says that `command` is there, but nobody checks. */
export interface PqlTask {
  type: string;
  command?: unknown;
  paths?: unknown;
  args?: unknown;
}

/** The arguments for `pql`, or what is wrong with the task. */
export function taskArguments(task: PqlTask): string[] | { wrong: string } {
  if (task.command !== "check" && task.command !== "test") {
    return { wrong: "`command` of a pql task is `check` or `test`" };
  }
  const args = texts(task.args);
  const paths = texts(task.paths);
  if (args === undefined || paths === undefined) {
    return { wrong: "`args` and `paths` of a pql task are lists of texts" };
  }
  // A file may be called `-x`.
  return [task.command, ...args, ...(paths.some((path) => path.startsWith("-")) ? ["--"] : []), ...paths];
}

function texts(value: unknown): string[] | undefined {
  const list: unknown = value ?? [];
  return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : undefined;
}

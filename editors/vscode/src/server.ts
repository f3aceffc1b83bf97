// How is the server started, watched and stopped?
import { statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { DidChangeConfigurationNotification, LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { findServer, type Missing, type Server } from "./discovery";
import { LANGUAGES, PATTERN } from "./hosts";
import { offerInstallation } from "./install";
import { isResult, type Results } from "./results";
import type { Status } from "./status";

/** How often a server that crashes is started again within three minutes before the client gives up. */
const RESTARTS = 4;

/** The server that the settings and the machine give now. */
export function locateServer(): Server | Missing {
  return findServer({
    setting: vscode.workspace.getConfiguration("pql").get("server.path"),
    folders: (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath),
    trusted: vscode.workspace.isTrusted,
    platform: process.platform,
    home: homedir(),
    searchPath: process.env["PATH"] ?? "",
    ...(process.env["PATHEXT"] === undefined ? {} : { extensions: process.env["PATHEXT"] }),
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
  });
}

/** One server for the window. Starting and stopping wait for each other. */
export class ServerControl implements vscode.Disposable {
  readonly log: vscode.LogOutputChannel = vscode.window.createOutputChannel("PQL", { log: true });
  private current: LanguageClient | undefined;
  private watching: vscode.Disposable[] = [];
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly status: Status,
    private readonly results: Results,
  ) {}

  /** The client, if the server answers. */
  get client(): LanguageClient | undefined {
    return this.current?.isRunning() ? this.current : undefined;
  }

  /** Starts the server, or stops the one that runs and looks for it anew. Failures are told, not thrown. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    return this.turn;
  }

  /** Tells the server that settings have changed; it asks for those that it wants. */
  async settingsChanged(): Promise<void> {
    const settings = { pql: vscode.workspace.getConfiguration("pql") };
    await this.client?.sendNotification(DidChangeConfigurationNotification.type, { settings });
  }

  stop(): Promise<void> {
    this.turn = this.turn.then(() => this.stopNow());
    return this.turn;
  }

  private async startNow(): Promise<void> {
    const server = locateServer();
    if (server.kind === "missing") {
      this.log.warn(server.reason);
      this.status.show(server);
      void offerInstallation(server);
      return;
    }
    const line = [server.command, ...server.args].join(" ");
    this.log.info(`starting ${line}`);
    this.status.show({ kind: "starting" });
    try {
      const client = this.create(server);
      this.current = client;
      // The type is that of the protocol's library, which does not claim to be the editor's.
      const subscription = client.onDidChangeState(({ newState }) => { this.follow(client, newState, line); });
      this.watching.push(new vscode.Disposable(() => { subscription.dispose(); }));
      await client.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.error(`${line} could not be started: ${reason}`);
      this.status.show({ kind: "stopped" });
      void this.tellFailure(line);
    }
  }

  private create(server: Server): LanguageClient {
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
    const run = {
      command: server.command,
      args: server.args,
      options: folder === undefined ? {} : { cwd: folder.uri.fsPath },
    };
    return new LanguageClient("pql", "PQL", { run, debug: run }, {
      documentSelector: [
        ...LANGUAGES.map((language) => ({ scheme: "file", language })),
        { scheme: "untitled", language: "pql" },
        { scheme: "untitled", language: "pql-json" },
        { scheme: "file", pattern: PATTERN },
      ],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      connectionOptions: { maxRestartCount: RESTARTS },
      middleware: {
        // Commands behind code lenses and actions of the server return texts that it cannot show itself.
        executeCommand: async (command, args, next) => {
          const result: unknown = await next(command, args);
          if (isResult(result)) {
            await (command === "pql.showJson" ? this.results.showJson(result) : this.results.showMarkdown(result));
          }
          return result;
        },
      },
    });
  }

  private follow(client: LanguageClient, state: State, line: string): void {
    if (client !== this.current) {
      return;
    }
    switch (state) {
      case State.Starting:
        this.status.show({ kind: "starting" });
        break;
      case State.Running:
        this.status.show({ kind: "running", version: client.initializeResult?.serverInfo?.version ?? "", command: line });
        break;
      case State.StartFailed:
      case State.Stopped:
        this.status.show({ kind: "stopped" });
    }
  }

  private async tellFailure(line: string): Promise<void> {
    const log = "Show Log";
    const settings = "Open Settings";
    const answer = await vscode.window.showErrorMessage(`The PQL language server could not be started: ${line}`, log, settings);
    if (answer === log) {
      this.log.show();
    } else if (answer === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "pql.server.path");
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.current;
    this.current = undefined;
    for (const each of this.watching.splice(0)) {
      each.dispose();
    }
    try {
      await client?.dispose();
    } catch (error) {
      // One that never started, or that hangs, cannot be asked to stop; its process is ended all the same.
      this.log.debug(`while stopping: ${String(error)}`);
    }
  }

  dispose(): void {
    this.log.dispose();
  }
}

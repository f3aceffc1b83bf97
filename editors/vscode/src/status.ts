// How does the server do? An item in the status bar's language menu with its version and a way to start it again.
import * as vscode from "vscode";
import { LANGUAGES } from "./hosts";

export type Health =
  | { kind: "starting" }
  | { kind: "running"; version: string; command: string }
  | { kind: "stopped" }
  | { kind: "missing"; reason: string };

export class Status implements vscode.Disposable {
  private readonly item: vscode.LanguageStatusItem;

  constructor() {
    this.item = vscode.languages.createLanguageStatusItem("pql.status", LANGUAGES.map((language) => ({ language })));
    this.item.name = "PQL";
    this.show({ kind: "starting" });
  }

  show(health: Health): void {
    const { item } = this;
    item.busy = health.kind === "starting";
    item.severity = vscode.LanguageStatusSeverity.Information;
    item.command = { title: "Restart", command: "pql.editor.restart" };
    switch (health.kind) {
      case "starting":
        item.text = "PQL";
        item.detail = "starting the language server";
        break;
      case "running":
        item.text = `PQL ${health.version}`.trim();
        item.detail = health.command;
        break;
      case "stopped":
        item.text = "PQL: not running";
        item.detail = "the language server has stopped";
        item.severity = vscode.LanguageStatusSeverity.Error;
        break;
      case "missing":
        item.text = "PQL: not installed";
        item.detail = health.reason;
        item.severity = vscode.LanguageStatusSeverity.Warning;
        item.command = { title: "Install", command: "pql.editor.install" };
        break;
    }
    void vscode.commands.executeCommand("setContext", "pql.serverRunning", health.kind === "running");
  }

  dispose(): void {
    this.item.dispose();
  }
}

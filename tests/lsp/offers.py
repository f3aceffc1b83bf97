"""What can be asked of a server that says what it offers, and how is it asked?"""

from __future__ import annotations

from typing import Any

#: By the name of the capability: what is asked of a place, a range or a text.
_METHODS = {
    "hoverProvider": "textDocument/hover",
    "completionProvider": "textDocument/completion",
    "signatureHelpProvider": "textDocument/signatureHelp",
    "declarationProvider": "textDocument/declaration",
    "definitionProvider": "textDocument/definition",
    "typeDefinitionProvider": "textDocument/typeDefinition",
    "implementationProvider": "textDocument/implementation",
    "referencesProvider": "textDocument/references",
    "documentHighlightProvider": "textDocument/documentHighlight",
    "documentSymbolProvider": "textDocument/documentSymbol",
    "codeActionProvider": "textDocument/codeAction",
    "codeLensProvider": "textDocument/codeLens",
    "documentLinkProvider": "textDocument/documentLink",
    "documentFormattingProvider": "textDocument/formatting",
    "documentRangeFormattingProvider": "textDocument/rangeFormatting",
    "documentOnTypeFormattingProvider": "textDocument/onTypeFormatting",
    "renameProvider": "textDocument/rename",
    "foldingRangeProvider": "textDocument/foldingRange",
    "selectionRangeProvider": "textDocument/selectionRange",
    "linkedEditingRangeProvider": "textDocument/linkedEditingRange",
    "inlayHintProvider": "textDocument/inlayHint",
    "diagnosticProvider": "textDocument/diagnostic",
    "workspaceSymbolProvider": "workspace/symbol",
    "executeCommandProvider": "workspace/executeCommand",
}
#: Where there is a second step: the capability, the first step, the second.
RESOLVED = {
    "completionProvider": ("textDocument/completion", "completionItem/resolve"),
    "codeActionProvider": ("textDocument/codeAction", "codeAction/resolve"),
    "codeLensProvider": ("textDocument/codeLens", "codeLens/resolve"),
    "inlayHintProvider": ("textDocument/inlayHint", "inlayHint/resolve"),
    "documentLinkProvider": ("textDocument/documentLink", "documentLink/resolve"),
    "workspaceSymbolProvider": ("workspace/symbol", "workspaceSymbol/resolve"),
}
#: A client that can do everything.
CAPABILITIES: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "workspaceEdit": {"documentChanges": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "codeLens": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
        "semanticTokens": {"refreshSupport": True},
    },
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}},
        "completion": {"completionItem": {"snippetSupport": True, "resolveSupport": {"properties": ["documentation"]}}},
        "codeAction": {
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
        },
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "rename": {"prepareSupport": True},
        "semanticTokens": {
            "requests": {"range": True, "full": {"delta": True}},
            "tokenTypes": ["variable", "property", "function", "keyword", "string", "number", "operator"],
            "tokenModifiers": ["deprecated"],
            "formats": ["relative"],
        },
    },
    "window": {"workDoneProgress": True},
}


def methods_of(offered: dict[str, Any]) -> list[str]:
    """All methods that a server offers."""
    found = [method for capability, method in _METHODS.items() if offered.get(capability)]
    for capability, (_, second) in RESOLVED.items():
        options = offered.get(capability)
        if isinstance(options, dict) and options.get("resolveProvider"):
            found.append(second)
    rename, tokens, diagnostics = (
        offered.get(f"{name}Provider") or {} for name in ("rename", "semanticTokens", "diagnostic")
    )
    if isinstance(rename, dict) and rename.get("prepareProvider"):
        found.append("textDocument/prepareRename")
    full = tokens.get("full")
    found += ["textDocument/semanticTokens/full"] if full else []
    found += ["textDocument/semanticTokens/full/delta"] if isinstance(full, dict) and full.get("delta") else []
    found += ["textDocument/semanticTokens/range"] if tokens.get("range") else []
    found += ["workspace/diagnostic"] if diagnostics.get("workspaceDiagnostics") else []
    return found


def params_for(
    method: str,
    offered: dict[str, Any],
    uri: str,
    start: dict[str, int],
    end: dict[str, int],
    resolvable: list[tuple[str, Any]],
    number: int,
) -> Any:
    """The parameters of a request at a place; None if there is nothing to ask. `number` makes the choices."""
    for first, second in RESOLVED.values():
        if second == method:
            items = [item for name, item in resolvable if name == first]
            return items[number % len(items)] if items else None
    range = {"start": start, "end": end}
    where = {"textDocument": {"uri": uri}, "position": start, "range": range}
    match method:
        case "workspace/symbol":
            return {"query": ["", "vip", "😀", "\x00"][number % 4]}
        case "workspace/diagnostic":
            return {"previousResultIds": [{"uri": uri, "value": "1"}]}
        case "workspace/executeCommand":
            commands = offered["executeCommandProvider"]["commands"]
            arguments = [
                [{"uri": uri, "position": start}],
                [{"uri": uri, "position": end, "profile": "no.json"}],
                [],
                [5],
                [{"uri": 5}],
                [{"position": start}],
                [{"uri": uri, "position": {"line": "x"}}],
            ]
            command = commands[number % len(commands)] if commands else "none"
            return {"command": command, "arguments": arguments[number // 7 % len(arguments)]}
        case "textDocument/codeAction":
            return {
                **where,
                "context": {"diagnostics": [], **([{}, {"only": ["quickfix"]}, {"only": [""]}][number % 3])},
            }
        case "textDocument/references":
            return {**where, "context": {"includeDeclaration": number % 2 == 0}}
        case "textDocument/rename":
            return {**where, "newName": ["x", "person", "", "and", "a b", "😀", "`"][number % 7]}
        case "textDocument/selectionRange":
            return {**where, "positions": [start, end, end]}
        case "textDocument/semanticTokens/full/delta":
            return {**where, "previousResultId": str(number % 5)}
        case "textDocument/onTypeFormatting":
            return {**where, "ch": "\n", "options": {"tabSize": 4, "insertSpaces": True}}
        case "textDocument/formatting" | "textDocument/rangeFormatting":
            return {**where, "options": {"tabSize": number % 9, "insertSpaces": number % 2 == 0}}
    return where

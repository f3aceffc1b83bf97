"""What does the language server answer?  The table of methods and commands, and the server that is made of it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from pqltools import __version__
from pqltools.lsp.protocol import Protocol, Server
from pqltools.lsp.publishing import Publisher
from pqltools.lsp.requests import Feature, answered, handler
from pqltools.lsp.state import State
from pqltools.lsp.syncing import Syncing

_DIAGNOSTICS = types.DiagnosticOptions(inter_file_dependencies=True, workspace_diagnostics=True, identifier="pql")
_ACTIONS = types.CodeActionOptions(
    [
        *(types.CodeActionKind.QuickFix, "source.fixAll.pql", types.CodeActionKind.RefactorExtract),
        *(types.CodeActionKind.RefactorInline, types.CodeActionKind.RefactorRewrite),
    ],
    resolve_provider=True,
)
#: `semantic` says what the numbers mean; the words are written here because it would load what knows PQL.
_TOKENS = types.SemanticTokensLegend(
    "keyword operator function method property variable parameter string number regexp comment enumMember".split(),
    "declaration deprecated defaultLibrary readonly".split(),
)

_COMPLETION = types.CompletionOptions(
    # A blank asks only where something must follow, a quote only where it opens a string.
    trigger_characters=[*".\"'`([,^ "],
    completion_item=types.ServerCompletionItemOptions(label_details_support=True),
)
_SIGNATURES = types.SignatureHelpOptions(trigger_characters=["(", ","], retrigger_characters=[",", ")"])

#: Every method with the module in `features` whose `answer(state, params)` it is. Modules are imported when first
#: asked, so that none makes the start slower.
FEATURES = (
    Feature(types.TEXT_DOCUMENT_DIAGNOSTIC, "diagnostic", _DIAGNOSTICS, "checking"),
    Feature(types.WORKSPACE_DIAGNOSTIC, "workspace_diagnostic"),
    Feature(types.TEXT_DOCUMENT_CODE_ACTION, "code_action", _ACTIONS, "checking"),
    Feature(types.CODE_ACTION_RESOLVE, "code_action_resolve", None, "checking"),
    Feature(types.TEXT_DOCUMENT_CODE_LENS, "code_lens", types.CodeLensOptions(resolve_provider=True), "checking"),
    Feature(types.CODE_LENS_RESOLVE, "code_lens_resolve", None, "checking"),
    Feature(types.TEXT_DOCUMENT_FORMATTING, "formatting", None, "checking"),
    Feature(types.TEXT_DOCUMENT_RANGE_FORMATTING, "range_formatting", None, "checking"),
    Feature(types.TEXT_DOCUMENT_COMPLETION, "completion", _COMPLETION),
    Feature(types.COMPLETION_ITEM_RESOLVE, "completion_resolve"),
    Feature(types.TEXT_DOCUMENT_HOVER, "hover"),
    Feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, "signature_help", _SIGNATURES),
    Feature(types.TEXT_DOCUMENT_PREPARE_RENAME, "prepare_rename"),
    Feature(types.TEXT_DOCUMENT_RENAME, "rename"),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, "document_symbol", None, "checking"),
    Feature(types.WORKSPACE_SYMBOL, "workspace_symbol"),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, "document_link", types.DocumentLinkOptions(True), "checking"),
    Feature(types.DOCUMENT_LINK_RESOLVE, "document_link_resolve"),
    Feature(types.TEXT_DOCUMENT_FOLDING_RANGE, "folding_range", None, "checking"),
    Feature(types.TEXT_DOCUMENT_SELECTION_RANGE, "selection_range"),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, "semantic_tokens_full", _TOKENS, "checking"),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, "semantic_tokens_delta", _TOKENS, "checking"),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, "semantic_tokens_range", _TOKENS, "checking"),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, "document_highlight", None, "checking"),
    Feature(types.TEXT_DOCUMENT_DEFINITION, "definition", None, "checking"),
    Feature(types.TEXT_DOCUMENT_REFERENCES, "references", None, "checking"),
    Feature(types.TEXT_DOCUMENT_INLAY_HINT, "inlay_hint", None, "checking"),
)

#: Every command with the module in `commands` whose `run(state, argument)` it is; the argument is one object.
COMMANDS: dict[str, str] = {
    "pql.convert": "convert",
    "pql.canonical": "canonical",
    "pql.describe": "describe",
    "pql.showJson": "show_json",
    "pql.explain": "explain",
    "pql.evaluateSample": "evaluate_sample",
}


def build() -> LanguageServer:
    """The server, ready to be started."""
    server = Server("pql", __version__, protocol_cls=Protocol)
    state = State(server)
    syncing = Syncing(state, Publisher(state))
    server.feature(types.INITIALIZE)(_function(syncing.initialize))
    for method, handle in syncing.handlers().items():
        server.feature(method)(_function(handle))
    for feature in FEATURES:
        server.feature(feature.method, feature.options)(handler(feature, state))
    for name, module in COMMANDS.items():
        server.command(name)(_command(name, module, state))
    return server


def _function(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """A method as the function that pygls can put its marks on."""

    def call(params: Any) -> None:
        method(params)

    return call


def _command(name: str, module: str, state: State) -> Any:
    async def run(*arguments: Any) -> Any:
        command = import_module(f"pqltools.lsp.commands.{module}")
        argument = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
        return await answered(name, command.run, state, argument, getattr(command, "RUNS", "at once"))

    return run

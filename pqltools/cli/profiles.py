"""`pql profiles`: load profiles and events into the store that `pql serve` works on, and look at what is in there."""

from __future__ import annotations

import argparse
import os
import sys

from pqltools.diagnostics import PQLError

_ORG, _SANDBOX = "ACME@AdobeOrg", "prod"
_EPILOG = """\
`load` takes profiles or events from files, `list` shows datasets, batches and
numbers, `show` one merged profile; `pql profiles COMMAND --help` says more.

Data are kept where `pql serve` keeps them (--data DIR), for an organisation
(--org) and a sandbox (--sandbox), as clients name them in their headers. A
running server has its data to itself: load into it with --url, or stop it.

examples:
  pql profiles load profiles.ndjson --dataset CRM
  pql profiles list
  pql profiles show ann@example.com
"""
_LOAD = """\
Files hold profiles, or events with --events: one JSON object a line, JSON
arrays, answers of the Profile Access API, plain, gzip or zstd; Parquet; CSV
with a mapping. - is standard input. Each file becomes a batch of its own, which
is there as a whole or not at all.

Whose a record is says the primary identity of its identityMap, else the first
one, else an _id; or --identity NAMESPACE=PATH. Records without one, and what is
no record, are told with their line (20 of them), counted and left out;
`pql profiles list --batch ID` shows them again.

A mapping says which column is which field:
  identity: {column: email, namespace: Email}
  columns:
    email: personalEmail.address
    born: {path: person.birthYear, type: integer}
    tags: {path: _acme.tags, separator: ";"}
Types are string, integer, number, boolean, timestamp, date, json.

With --url the files are sent to a running `pql serve`, which has its data to
itself. Its schema counts, and its name for each batch.

exit codes: 0 fine, 1 a file cannot be loaded, 2 wrong use, 130 interrupted; what
was loaded before stays

examples:
  pql profiles load profiles.ndjson.gz --dataset CRM
  pql profiles load events/*.parquet --events --dataset Web
  pql profiles load crm.csv --mapping crm.yaml --dataset CRM --data ./aep
  pql profiles load crm.ndjson --dataset CRM --url http://127.0.0.1:8470
"""
_LIST = """\
examples:
  pql profiles list
  pql profiles list --batch 5f3c9d
"""
_SHOW = """\
The profile is merged from its fragments, the latest value of each field
counting; with --precedence only those of the datasets that are named take part,
the first before the others.

exit codes: 0 fine, 1 there is no such profile, 2 wrong use

examples:
  pql profiles show ann@example.com
  pql profiles show 123 --namespace CRMID --precedence CRM --precedence Web
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    commands = {"load": _load, "list": _list, "show": _show}
    if arguments[:1] and arguments[0] in commands:
        try:
            return _run(commands[arguments[0]](arguments[1:]), arguments[0])
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("pqltools"):
                raise
            text = f"pql profiles: {missing.name} is not installed; install it with: pip install 'pqltools[service]'"
            print(text, file=sys.stderr)
            return 2
    from pqltools.cli.arguments import Help

    parser = argparse.ArgumentParser(
        prog="pql profiles", description="Keep profiles and events.", epilog=_EPILOG, formatter_class=Help
    )
    parser.add_argument("command", choices=list(commands), help="what to do")
    parser.parse_args(arguments[:1])  # ends here: with the help, or as it is no command
    return 2


def _parser(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    from pqltools.cli.arguments import command_parser

    help = "how to report: for people, or as JSON"
    parser = command_parser(f"profiles {name}", description, epilog, format_help=help)
    add = parser.add_argument
    add("--data", metavar="DIR", help="where everything is kept (default: in the user's data folder)")
    add("--org", default=_ORG, metavar="ID", help=f"the organisation (default: {_ORG})")
    add("--sandbox", default=_SANDBOX, metavar="NAME", help=f"the sandbox (default: {_SANDBOX})")
    return parser


def _load(arguments: list[str]) -> argparse.Namespace:
    from pqltools.cli.arguments import schema_options

    parser = _parser("load", "Load profiles or events.", _LOAD)
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="profiles, or events")
    add("--dataset", required=True, metavar="NAME", help="name or id of the dataset, made if there is none")
    add("--events", action="store_true", help="the records are events")
    add("--mapping", metavar="FILE", help="which column is which field, in YAML or JSON")
    add("--identity", type=_identity, metavar="NAMESPACE=PATH", help="the field that says whose a record is")
    add("--batch", metavar="ID", help="the id of the batch; only with one file")
    add("--url", type=_url, help="the address of a running `pql serve`, to which the files are sent")
    add("--token", help="what that server wants as Bearer (default: $PQL_SERVE_TOKEN, else anything)")
    add("--api-key", metavar="KEY", help="the key that that server wants (default: anything)")
    schema_options(parser)
    options = parser.parse_args(arguments)
    of_directory = {
        "--data": options.data,
        "--batch": options.batch,
        "--schema": options.schema,
        "--tenant": options.tenant,
    }
    of_server = {"--token": options.token, "--api-key": options.api_key}
    for name, value in (of_directory if options.url else of_server).items():
        if value:
            parser.error(f"{name} does not go with --url" if options.url else f"{name} goes with --url")
    if options.batch is not None and len(options.files) > 1:
        parser.error("--batch goes with one file, as each file is a batch of its own")
    if not options.dataset or options.batch == "":
        parser.error("the names of datasets and batches are not empty")
    return options


def _list(arguments: list[str]) -> argparse.Namespace:
    parser = _parser("list", "Show datasets, batches and numbers.", _LIST)
    parser.add_argument("--batch", metavar="ID", help="one batch, with what was refused in it")
    return parser.parse_args(arguments)


def _show(arguments: list[str]) -> argparse.Namespace:
    parser = _parser("show", "Show one merged profile as JSON.", _SHOW)
    parser.add_argument("id", metavar="ID", help="the id of its primary identity")
    parser.add_argument("--namespace", metavar="NAME", help="the namespace of the id, where several have it")
    help = "name or id of a dataset that takes part; may be given several times"
    parser.add_argument("--precedence", action="append", metavar="DATASET", help=help)
    return parser.parse_args(arguments)


def _identity(text: str) -> tuple[str, str]:
    namespace, equals, path = text.partition("=")
    if not namespace or not equals or not path:
        raise argparse.ArgumentTypeError(f"{text!r} is no identity; write it as Email=personalEmail.address")
    return namespace, path


def _url(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        found = urlsplit(text)
        fine = found.scheme in ("http", "https") and found.hostname and not found.query and (found.port or True)
    except ValueError:
        fine = False
    if not fine:
        raise argparse.ArgumentTypeError(f"{text!r} is no address; write it as http://127.0.0.1:8470")
    return text


def _run(options: argparse.Namespace, name: str) -> int:
    """Open the store, or go to the server, and do it."""
    from pqltools.cli.profiles_send import ServerProblem
    from pqltools.cli.reporting import Report
    from pqltools.segmentation.directory import DirectoryProblem, InUse
    from pqltools.segmentation.problems import Problem

    try:
        if name == "load" and options.url:
            return _send(options)
        return _use(options, name)
    except InUse as problem:
        print(f"pql profiles: {problem}{_instead(name, problem.url)}", file=sys.stderr)
    except (DirectoryProblem, ServerProblem) as problem:
        print(f"pql profiles: {problem}", file=sys.stderr)
    except Problem as problem:
        print(f"pql profiles: {problem.title}", file=sys.stderr)
    except PQLError as problem:
        report = Report(options.output_format)
        report.add(list(problem.diagnostics))
        report.show(beside=False)
    return 1


def _use(options: argparse.Namespace, name: str) -> int:
    from pqltools.cli.profiles_load import load
    from pqltools.cli.profiles_show import listed, show
    from pqltools.segmentation.directory import DataDirectory, default_directory
    from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
    from pqltools.segmentation.scope import Scope

    command = {"load": load, "list": listed, "show": show}[name]
    directory = DataDirectory(options.data or default_directory())
    try:
        with ProfileStore(directory.file(FOLDER)) as store:
            return command(options, store, Scope(options.org, options.sandbox))
    finally:
        directory.close()


def _send(options: argparse.Namespace) -> int:
    from pqltools.cli.profiles_load import load
    from pqltools.cli.profiles_send import Server
    from pqltools.segmentation.profiles.mapping import mapping_data
    from pqltools.segmentation.scope import Scope

    reading: dict[str, object] = {"events": options.events}
    if options.identity is not None:
        reading["identity"] = dict(zip(("namespace", "path"), options.identity, strict=True))
    if options.mapping is not None:
        reading["mapping"] = mapping_data(options.mapping)
    token = options.token or os.environ.get("PQL_SERVE_TOKEN") or "pql"
    return load(
        options, Server(options.url, token, options.api_key or "pql", reading), Scope(options.org, options.sandbox)
    )


def _instead(name: str, url: str | None) -> str:
    """What may be done where a server has the data to itself."""
    if url is None:
        return ""
    if name == "load":
        return f"\nload into it over HTTP: add --url {url} in place of --data"
    return f"\nask it over HTTP: {url}/data/foundation/catalog/batches, {url}/data/core/ups/access/entities"

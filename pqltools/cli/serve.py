"""`pql serve`: the Segmentation Service of Adobe Experience Platform on one's own machine, to develop clients with."""

from __future__ import annotations

import argparse
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.api.faults import Fault
    from pqltools.segmentation.options import Limits

_EPILOG = """\
The server answers what the platform answers under /data/core/ups: definitions,
conversion, jobs, exports, schedules, previews, audiences, merge policies, from
real parsing and real evaluation of the profiles that `pql profiles load` loads.
/ is a page for the browser, /openapi.json describes all calls, /health says
whether the server is well, /metrics is for Prometheus. The log is JSON lines on
standard error, and holds nothing of any profile.

Requests need the headers of the platform: Authorization: Bearer ..., x-api-key,
x-gw-ims-org-id and x-sandbox-name. Their values are free, unless --token,
--api-key or --org say what is right. Every organisation and every sandbox has
its own data, which no other sees.

A body that is wrong is answered with 400, and with what would be right; a
parameter that is not known is named in the header x-pql-warning. The header
x-pql-fault, or --fault for a share of all requests, makes a request fail
as the platform does: 503, 429;retry-after=2, slow=1500 (milliseconds), or
early-404, with which an estimate is not found at first.

--engine says who evaluates jobs. memory reads all profiles for each job; duckdb
puts them into columns at the first job, which takes about as long as three jobs,
and reads the columns as long as the profiles do not change; auto does so at the
third job for the same profiles, if these are 50,000 or more. spark evaluates each
job in a session of its own, here or at --master, to which the profiles go as
lines through the folder `spark` of --data; a cluster has to see that folder.
The answers are the same; the log says for each job who it was, and why.

--doc-era turns on what older documents of the platform say:
{switches}

exit codes: 0 stopped by a signal, 1 the data cannot be used, 2 wrong use

examples:
  pql serve
  pql serve --data ./aep --port 9000
  pql serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"
  pql serve --clock 2024-03-15T00:00:00Z --fault 503@0.05

  pql profiles load crm.ndjson --dataset CRM --url http://127.0.0.1:8470
  curl -s http://127.0.0.1:8470/data/core/ups/segment/definitions \\
    -H 'Authorization: Bearer x' -H 'x-api-key: x' \\
    -H 'x-gw-ims-org-id: ACME@AdobeOrg' -H 'x-sandbox-name: prod'
"""
_EXTRA = (
    "pql serve: {name} is not installed; the server needs more than the other commands: pip install 'pqltools[service]'"
)


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("pqltools"):
            raise
        print(_EXTRA.format(name=missing.name), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    from pqltools.cli.arguments import Help, instant
    from pqltools.segmentation.doc_era import SWITCHES

    switches = "\n".join(f"  {name:<26} {text}" for name, text in SWITCHES.items())
    parser = argparse.ArgumentParser(
        prog="pql serve",
        description="Run the Segmentation Service on this machine.",
        epilog=_EPILOG.format(switches=switches),
        formatter_class=Help,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--data", metavar="DIR", help="where everything is kept (default: in the user's data folder)")
    add("--host", default="127.0.0.1", help="the address to listen on; others than this machine need --token")
    add("--port", type=_port, default=8470, help="the port, 0 for a free one (default: 8470)")
    add("--token", help="what callers must send as Bearer (default: $PQL_SERVE_TOKEN, else anything will do)")
    add("--api-key", action="append", metavar="KEY", help="a key that callers may use; may be given several times")
    add("--org", action="append", metavar="ID", help="an organisation that there is; may be given several times")
    add(
        "--clock", type=instant, metavar="INSTANT", help="a clock that stands at this instant until PUT /clock moves it"
    )
    add("--schema", action="append", metavar="FILE", help="the union schema of profiles, or a folder of its parts")
    add(
        "--engine",
        type=_engine,
        default="auto",
        metavar="NAME",
        help="auto (default), memory, duckdb or spark; see below",
    )
    add("--master", metavar="URL", help="where Spark is, such as spark://host:7077 (default: this machine)")
    add("--tenant", metavar="NAME", help="the tenant's namespace, such as _acme")
    add("--lenient", action="store_true", help="keep members of bodies that are not known, instead of refusing them")
    add("--doc-era", type=_doc_era, default=frozenset(), metavar="ERA", help="2020, or switches with commas; see below")
    add("--limit", action="append", type=_limit, metavar="NAME=NUMBER", help=f"one of {', '.join(_limit_names())}")
    add("--fault", action="append", metavar="FAULT", help="a fault for a share of all requests, such as 503@0.05")
    add("--max-body", type=_bytes, default=4 * 2**20, metavar="BYTES", help="the largest body of JSON (default: 4 MiB)")
    add("--max-requests", type=_count, default=200, metavar="N", help="requests worked on at once (default: 200)")
    add("--max-uploads", type=_count, default=8, metavar="N", help="files received at once (default: 8)")
    add("--max-connections", type=_count, default=512, metavar="N", help="connections at once (default: 512)")
    add(
        "--request-timeout",
        type=_seconds,
        default=20,
        metavar="SECONDS",
        help="for the headers of a request to come, and for its body; 16 KiB are worth another second (default: 20)",
    )
    levels = ("debug", "info", "warning", "error")
    add("--log-level", choices=levels, default="info", help="how much is logged (default: info)")
    return parser


def _serve(options: argparse.Namespace) -> int:
    from pqltools.api.options import ApiOptions
    from pqltools.api.serving import LOOPBACK, serve
    from pqltools.diagnostics import PQLError
    from pqltools.segmentation.clock import ManualClock
    from pqltools.segmentation.directory import DirectoryProblem, default_directory
    from pqltools.segmentation.options import Options

    if options.master is not None and options.engine != "spark":
        return _wrong("--master is for --engine spark")
    token = options.token if options.token is not None else os.environ.get("PQL_SERVE_TOKEN") or None
    is_loopback = options.host in LOOPBACK
    if token is not None and not (token.isascii() and token.isprintable() and token.strip() == token != ""):
        return _wrong("--token is to be printable ASCII without spaces around it")
    if not is_loopback and token is None:
        return _wrong(f"--host {options.host} lets other machines in; say with --token what they must know")
    try:
        faults = tuple(map(_fault, options.fault or ()))
    except ValueError as problem:
        return _wrong(f"--fault: {problem}")
    api = ApiOptions(
        token=token,
        api_keys=tuple(options.api_key or ()),
        orgs=tuple(options.org or ()),
        hosts=LOOPBACK if is_loopback and token is None else None,
        max_body=options.max_body,
        max_requests=options.max_requests,
        max_uploads=options.max_uploads,
        max_connections=options.max_connections,
        request_timeout=options.request_timeout,
        faults=faults,
    )
    settings = Options(
        doc_era=options.doc_era,
        strict=not options.lenient,
        limits=_limits(options.limit or ()),
        schema=tuple(options.schema or ()),
        tenant=options.tenant,
        engine=options.engine,
        master=options.master,
    )
    clock = None if options.clock is None else ManualClock(options.clock)
    data = options.data or default_directory()
    try:
        return serve(data, options.host, options.port, clock, settings, api, options.log_level)
    except DirectoryProblem as problem:
        print(f"pql serve: {problem}", file=sys.stderr)
        return 1
    except PQLError as problem:
        print(f"pql serve: the schema cannot be used:\n{problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        return _wrong(f"{options.host}:{options.port}: {reason}")


def _wrong(message: str) -> int:
    print(f"pql serve: {message}", file=sys.stderr)
    return 2


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000000")
    return int(text)


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 1 to 3600")
    return int(text)


def _bytes(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1024 <= int(text) <= 2**30:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes from 1024 to {2**30}")
    return int(text)


def _doc_era(text: str) -> frozenset[str]:
    from pqltools.segmentation.doc_era import read_doc_era

    try:
        return read_doc_era(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _engine(text: str) -> str:
    from pqltools.segmentation.engines.choosing import NAMES, missing_for_spark, missing_library

    if text not in NAMES:
        raise argparse.ArgumentTypeError(f"{text!r} is no engine; there are {', '.join(NAMES)}")
    missing = missing_library() if text == "duckdb" else None
    if missing is not None:
        raise argparse.ArgumentTypeError(f"duckdb needs {missing}: pip install 'pqltools[service]'")
    missing = missing_for_spark() if text == "spark" else None
    if missing is not None:
        raise argparse.ArgumentTypeError(missing)
    return text


def _limit_names() -> list[str]:
    from pqltools.segmentation.options import Limits

    return [name.replace("_", "-") for name in Limits.__match_args__]


def _limit(text: str) -> tuple[str, int]:
    name, equals, number = text.partition("=")
    if not equals or name not in _limit_names() or not (number.isascii() and number.isdigit()) or int(number) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no limit; it is NAME=NUMBER with {', '.join(_limit_names())}")
    return name.replace("-", "_"), int(number)


def _limits(given: Iterable[tuple[str, int]]) -> Limits:
    from pqltools.segmentation.options import Limits

    return Limits(**dict(given))


def _fault(text: str) -> Fault:
    from pqltools.api.faults import read_fault

    return read_fault(text)

"""How long does `pql` take to start?  Whole commands against an empty Python, taking turns.

Measures the installed `pql` beside this interpreter if there is one, else ``python -c`` with its entry point. Byte code
is cached, as it is wherever pip installs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from race import race, report

_ENTRY = "import sys; from pqltools.cli import main; sys.exit(main())"


def main() -> None:
    """Print one race."""
    program = Path(sys.executable).with_name("pql")
    pql = [str(program)] if program.exists() else [sys.executable, "-c", _ENTRY]

    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(*command: str, text: str = "") -> None:
        subprocess.run(command, input=text, text=True, capture_output=True, check=True, env=environment)

    times = race(
        {
            "python -c pass": lambda: run(sys.executable, "-c", "pass"),
            "pql --version": lambda: run(*pql, "--version"),
            "pql convert, one short expression": lambda: run(*pql, "convert", "-", text='homeAddress.city = "Bath"'),
            "pql format, one short expression": lambda: run(*pql, "format", "-", text='homeAddress.city = "Bath"'),
            "pql check, one short expression": lambda: run(*pql, "check", "-", text='homeAddress.city = "Bath"'),
            "import pqltools": lambda: run(sys.executable, "-c", "import pqltools"),
        },
        rounds=21,
    )
    report(f"Start of {' '.join(pql[:1])}", times)


if __name__ == "__main__":
    main()

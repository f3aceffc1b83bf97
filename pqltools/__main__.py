"""`python -m pqltools` is `pql`."""

from __future__ import annotations

import sys

from pqltools.cli import main

if __name__ == "__main__":
    sys.exit(main())

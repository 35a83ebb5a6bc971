"""`python -m cxsim` is the command line."""

from __future__ import annotations

import sys

from cxsim.cli import main

if __name__ == "__main__":
    sys.exit(main())

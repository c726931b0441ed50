"""`python -m leakguard`, and the entry point of the `leakguard` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    from leakguard.cli.main import run  # noqa: PLC0415  (imported late so that nothing is loaded twice)

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

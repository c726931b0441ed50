"""`python -m leakguard`, and the entry point of the `leakguard` command."""

from __future__ import annotations

import gc
import sys

COLLECT_AFTER = 50_000
"""New objects after which garbage is looked for. Python's own 700 cost a scan of one host 10 % of its time, in vain."""


def main() -> None:
    """Run the command line and end with its exit code.

    What is in memory by then goes with the process: to look through it for garbage took an eighth of a short command.
    """
    gc.set_threshold(COLLECT_AFTER)
    from leakguard.cli.main import run  # noqa: PLC0415  (imported late so that nothing is loaded twice)

    code = run(sys.argv[1:])
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()

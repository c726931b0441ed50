"""`python -m leakguard`, and the entry point of the `leakguard` command."""

from __future__ import annotations

import gc
import os
import resource
import sys

COLLECT_AFTER = 50_000
"""New objects after which garbage is looked for. Python's own 700 cost a scan of one host 10 % of its time, in vain."""


_UNFINISHED = 3
"""As `ExitCode.UNFINISHED`, which may not have been loaded yet."""


def main() -> None:
    """Run the command line and end with its exit code.

    What is in memory by then goes with the process: to look through it for garbage took an eighth of a short command.
    """
    gc.set_threshold(COLLECT_AFTER)
    # Whatever ends us or a process that we start, no image of its memory may hold a key, a record or a person's words.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Processes that we start would look for Python's own modules in the current folder first, whoever may write there.
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    try:
        code = _run()
    except KeyboardInterrupt:  # while it was still being loaded; `run` answers for all that comes later
        code = _unfinished("Interrupted.\n")
    except (ImportError, MemoryError, OSError) as error:  # Python's own code for them means "exposure found" here
        why = f"Error: LeakGuard cannot be loaded ({type(error).__name__}).\n"
        code = _unfinished(why + "Next: Give it more memory or open files (`ulimit -v`, `ulimit -n`), or install it.\n")
    gc.freeze()
    sys.exit(code)


def _unfinished(text: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(text)
    return _UNFINISHED


def _run() -> int:
    """Imported late so that nothing is loaded twice, and so that a Ctrl-C meanwhile is answered."""
    from leakguard.cli.streams import secure_streams  # noqa: PLC0415  (as above)

    secure_streams()
    from leakguard.cli.main import run  # noqa: PLC0415  (as above)

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()

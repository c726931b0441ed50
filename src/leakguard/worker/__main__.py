"""`leakguard-worker`: takes orders of one vantage from a coordinator elsewhere, as `leakguard fleet worker` does."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from datetime import timedelta

from leakguard import __version__
from leakguard.errors import LeakGuardError, UsageProblem
from leakguard.files.secret_folder import take_in_secrets
from leakguard.fleet.broker.front import Front
from leakguard.fleet.settings import parse_vantages
from leakguard.outputs.words import printable, printable_lines
from leakguard.settings import read_settings
from leakguard.use_cases.fleets.serve_fleet import FleetWorker
from leakguard.worker.tools import WorkerTools

_MOST_SLOTS = 64
_EPILOG = (
    "It reads [fleet] of leakguard.toml in the folder where it runs, needs no store and no scope file, and probes "
    "nothing but what a signed order and its scope name."
)


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    os.environ.setdefault("PYTHONSAFEPATH", "1")
    given = _parser().parse_args(words)
    try:
        take_in_secrets(os.environ)
        return _run(given)
    except LeakGuardError as error:
        _say(f"Error: {printable_lines(error.message)}")
        if error.next_step:
            _say(f"Next: {printable_lines(error.next_step)}")
        return int(error.exit_code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="leakguard-worker", description=__doc__, epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"leakguard-worker {__version__}")
    parser.add_argument("--vantage", metavar="NAME", help="the name of the place that this worker looks from")
    parser.add_argument("--concurrency", type=int, default=1, metavar="N", help="shards at once (default: 1)")
    parser.add_argument(
        "--make-key", action="store_true", help="make the key of this machine, and print its public half"
    )
    parser.add_argument("--show-key", action="store_true", help="print the public half of the key")
    return parser


def _run(given: argparse.Namespace) -> int:
    settings = read_settings().fleet
    front = Front(settings=settings, environment=os.environ)
    if given.make_key or given.show_key:
        public = front.new_key(secrets.token_bytes(32)) if given.make_key else front.public_key()
        sys.stdout.write(f"{public}\n")
        return 0
    if not given.vantage:
        raise UsageProblem("a worker looks from one vantage", next_step="Name it: leakguard-worker --vantage campus")
    if not 1 <= given.concurrency <= _MOST_SLOTS:
        raise UsageProblem(f"--concurrency is 1 to {_MOST_SLOTS}, not {given.concurrency}")
    names = parse_vantages(given.vantage)
    if len(names) > 1:
        raise UsageProblem("a worker looks from one vantage", next_step="Start one worker for each of them.")
    name = f"{socket.gethostname()}-{os.getpid()}"
    worker = FleetWorker(
        vantage=names[0], name=name, seal=front.seal, tools=WorkerTools(), tell=_print, slots=given.concurrency,
        lease=timedelta(seconds=settings.lease_seconds), claim=front.claim, at_hand=front.at_hand,
    )  # fmt: skip
    return front.work(worker, vantage=names[0], name=name, concurrency=given.concurrency, tell=_print, escape=printable)


def _print(line: str) -> None:
    _say(printable(line, longest=600))


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

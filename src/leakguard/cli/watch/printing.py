"""How `leakguard watch` prints: one line a change for people, or one object a line (`leakguard.change/1`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from leakguard.cli.scan.printing import say_what_is_missing
from leakguard.cli.scan.watching import why_it_stopped
from leakguard.errors import ExitCode, LeakGuardError
from leakguard.outputs.run import change_line
from leakguard.outputs.watch import next_lines, unproved_words, watched_json
from leakguard.outputs.words import counts_line, printable_lines
from leakguard.scanning.place_status import PlaceStanding
from leakguard.use_cases.scans.scan_assets import exit_code
from leakguard.use_cases.watches.watch_exposures import Round
from leakguard.use_cases.watches.watch_settling import SettledChange

if TYPE_CHECKING:
    from leakguard.cli.options import Context


_NOTHING = {False: "no change", True: "no change so far"}
"""By whether the round was ended before it had seen everything."""


class Printer:
    """Changes go to stdout, everything else to stderr."""

    def __init__(self, context: Context, *, is_jsonl: bool) -> None:
        self._context, self._is_jsonl = context, is_jsonl
        self._changes = 0

    def show(self, changes: Sequence[SettledChange]) -> None:
        """The changes of one run."""
        self._changes += len(changes)
        for change in changes:
            self._print(change)
        for note in dict.fromkeys(note for change in changes for note in next_lines(change)):
            self._note(note)

    def tell_round(self, found: Round) -> None:
        """What a round came to."""
        summary, count = found.summary, self._changes
        changes = f"{count:,} change{'s' if count > 1 else ''}" if count else _NOTHING[summary.is_interrupted]
        self._changes = 0
        self._note(f"Run {summary.run}: {changes}; {counts_line(summary.counts, unsettled=summary.unsettled)}")
        if found.known:
            known = ", ".join(f"{found.known[each]:,} {each}" for each in PlaceStanding if each in found.known)
            self._note(f"Of all that was ever seen open: {known}")
        if found.unproved and exit_code(summary) is ExitCode.CLEAN:
            self._note(unproved_words(found.unproved))
        say_what_is_missing(self._context, summary)
        if exit_code(summary) is ExitCode.UNFINISHED and not summary.is_interrupted:
            self._note(f"Not everything gave a clear answer; look why: leakguard scan show {summary.run}")
        for line in why_it_stopped(summary):
            self._note(line)
        if summary.quiet is not None:
            self._note(f"Quiet hours until {summary.quiet.until_words}; then it goes on with this run.")
        elif summary.is_interrupted:
            self._note("Interrupted; the next round, or the same command, goes on with this run.")

    def tell_problem(self, error: LeakGuardError) -> None:
        """A round that could not be done; the next one is tried."""
        self._note(printable_lines(f"This round could not be done: {error.message}"))
        if error.next_step:
            self._note(printable_lines(f"Next: {error.next_step}"))

    def _print(self, change: SettledChange) -> None:
        if self._is_jsonl:
            click.echo(json.dumps(watched_json(change, self._context.repeating)))
        else:
            self._context.say(change_line(change.change))

    def _note(self, text: str) -> None:
        self._context.notes.print(text, soft_wrap=True)

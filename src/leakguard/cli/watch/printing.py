"""How `leakguard watch` prints: one line a change for people, or one object a line (`leakguard.change/1`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import click

from leakguard.cli.options import Context
from leakguard.cli.scan.changes import change_line
from leakguard.cli.scan.printing import exit_code, say_what_is_missing
from leakguard.cli.scan.watching import why_it_stopped
from leakguard.errors import ExitCode, LeakGuardError
from leakguard.models.moments import to_z
from leakguard.outputs.words import counts_line, printable, printable_lines
from leakguard.scanning.diff import EXPOSURES
from leakguard.scanning.place_status import Standing
from leakguard.use_cases.scans.exposure_changes import change_fields, change_id, seen_at
from leakguard.use_cases.watches.watch_exposures import Round
from leakguard.use_cases.watches.watch_settling import Told

SCHEMA = "leakguard.change/1"
_NOTHING = {False: "no change", True: "no change so far"}
"""By whether the round was ended before it had seen everything."""


class Printer:
    """Changes go to stdout, everything else to stderr."""

    def __init__(self, context: Context, *, is_jsonl: bool) -> None:
        self._context, self._is_jsonl = context, is_jsonl
        self._changes = 0

    def show(self, told: Sequence[Told]) -> None:
        """The changes of one run."""
        self._changes += len(told)
        for one in told:
            click.echo(self._line(one))
        for note in dict.fromkeys(note for one in told for note in _notes(one)):
            self._note(note)

    def tell_round(self, found: Round) -> None:
        """What a round came to."""
        summary, count = found.summary, self._changes
        changes = f"{count:,} change{'s' if count > 1 else ''}" if count else _NOTHING[summary.is_interrupted]
        self._changes = 0
        self._note(f"Run {summary.run}: {changes}; {counts_line(summary.counts, unsettled=summary.unsettled)}")
        if found.known:
            known = ", ".join(f"{found.known[each]:,} {each}" for each in Standing if each in found.known)
            self._note(f"Of all that was ever seen open: {known}")
        if found.unproved and exit_code(summary) is ExitCode.CLEAN:
            self._note(_unproved(found.unproved))
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

    def _line(self, told: Told) -> str:
        return json.dumps(_as_json(told, self._context.repeating)) if self._is_jsonl else change_line(told.change)

    def _note(self, text: str) -> None:
        self._context.notes.print(text, soft_wrap=True)


def _unproved(count: int) -> str:
    places = "place that was open is" if count == 1 else "places that were open are"
    return f"{count:,} {places} not proved closed; leakguard scan verify FINDING tells what is missing"


def next_step(told: Told) -> str:
    """The command that answers an exposure that no incident knows; empty where there is nothing to do."""
    if told.incidents or told.change.kind not in EXPOSURES:
        return ""
    return f"leakguard incident open --finding {told.change.seen.finding}"


def _notes(told: Told) -> list[str]:
    step = next_step(told)
    if step:
        return [f"{printable(told.change.target)}: {step}"]
    if told.is_opened:
        return [f"{told.incidents[0]} opened; start its response: leakguard playbook start {told.incidents[0]}"]
    begin = "was over and is open again; start its response anew: leakguard playbook start"
    know = "knows of it: leakguard incident timeline"
    return [f"{one} {begin if one in told.reopened else know} {one}" for one in told.incidents]


def _as_json(told: Told, repeating: Callable[[str], str]) -> Mapping[str, object]:
    return {
        "schema": SCHEMA,
        "id": change_id(told.part, told.change),
        "run": told.part.run,
        "seen_at": to_z(seen_at(told.part, told.change)),
        **change_fields(told.change),
        "incidents": list(told.incidents),
        "reopened": list(told.reopened),
        "next": repeating(next_step(told)),
    }

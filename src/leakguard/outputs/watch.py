"""Changes as a watch tells them: lines for a person, and plain values (`leakguard.change/1`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakguard.models.moments import to_z
from leakguard.outputs.words import printable
from leakguard.scanning.diff import EXPOSURES
from leakguard.use_cases.scans.exposure_changes import change_fields, change_id, seen_at
from leakguard.use_cases.watches.watch_settling import SettledChange

SCHEMA = "leakguard.change/1"


def unproved_words(count: int) -> str:
    """How many places are open or may be."""
    places = "place that was open is" if count == 1 else "places that were open are"
    return f"{count:,} {places} not proved closed; leakguard scan verify FINDING tells what is missing"


def next_step(change: SettledChange) -> str:
    """The command that answers an exposure that no incident knows; empty where there is nothing to do."""
    if change.incidents or change.change.kind not in EXPOSURES:
        return ""
    return f"leakguard incident open --finding {change.change.seen.finding}"


def next_lines(change: SettledChange) -> list[str]:
    """What to do about a change, and which incidents know of it."""
    step = next_step(change)
    if step:
        return [f"{printable(change.change.target)}: {step}"]
    if change.is_opened:
        return [f"{change.incidents[0]} opened; start its response: leakguard playbook start {change.incidents[0]}"]
    begin = "was over and is open again; start its response again: leakguard playbook start"
    know = "knows of it: leakguard incident timeline"
    return [f"{incident} {begin if incident in change.reopened else know} {incident}" for incident in change.incidents]


def watched_json(change: SettledChange, repeating: Callable[[str], str]) -> Mapping[str, object]:
    """The document `leakguard.change/1`; `repeating` says how a command is told here."""
    return {
        "schema": SCHEMA,
        "id": change_id(change.part, change.change),
        "run": change.part.run,
        "seen_at": to_z(seen_at(change.part, change.change)),
        **change_fields(change.change),
        "incidents": list(change.incidents),
        "reopened": list(change.reopened),
        "next": repeating(next_step(change)),
    }

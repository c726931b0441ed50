"""A mail merge in counts, lines and problems; nobody's name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leakguard.models.texts import counted
from leakguard.notices.recipients import SetAside
from leakguard.use_cases.letters.merge_letters import MergeResult
from leakguard.use_cases.letters.merge_rows import SHOWN
from leakguard.use_cases.letters.try_merge import Trial

_MEGA = 1_000_000


def merged_lines(merged: MergeResult, folder: str) -> Iterator[str]:
    """The summary for a person."""
    head = merged.head
    lie = "lies" if head.letters == 1 else "lie"
    yield f"{counted(head.letters, 'letter')} ({_langs(head.languages)}) {lie} in {folder}."
    if merged.found_there:
        were, they = ("was", "it") if merged.found_there == 1 else ("were", "they")
        yield f"{merged.found_there:,} of them {were} there already, as {they} should be."
    yield from _left_out(head.set_aside, head.passed_over, merged.first_aside)
    yield f"Manifest: {folder.rstrip('/')}/manifest.jsonl"
    if head.sample:
        yield "A sample to look at: it is neither approved nor sent. Write all letters without --sample."
    else:
        yield f"SHA-256 to approve: {merged.manifest_sha256}"
        yield "Nothing was sent: two people approve the manifest first. Nothing here is legal advice."


def merged_json(merged: MergeResult) -> str:
    """The summary as one document (`leakguard.letters-summary/1`)."""
    head = merged.head
    return json.dumps(
        {
            "schema": "leakguard.letters-summary/1",
            "duty": head.duty,
            "form": head.form,
            "letters": head.letters,
            "found_there": merged.found_there,
            "languages": head.languages,
            "set_aside": head.set_aside,
            "first_set_aside": [_row(row) for row in merged.first_aside],
            "passed_over": head.passed_over,
            "sample": head.sample,
            "drill": head.drill,
            "made_for": head.made_for,
            "manifest_sha256": merged.manifest_sha256,
        }
    )


def trial_lines(trial: Trial) -> Iterator[str]:
    """What would be done, for a person."""
    found = trial.found
    yield f"{counted(found.letters, 'letter')} would be written ({_langs(found.languages)})."
    yield from _left_out(found.set_aside, found.passed_over, found.first_aside)
    if trial.twins:
        lines = ", ".join(f"{line:,}" for line in trial.twins[:SHOWN])
        more = f" and {len(trial.twins) - SHOWN:,} more" if len(trial.twins) > SHOWN else ""
        yield "Name and address of some rows are those of an earlier row: one person with two ids? Each gets a letter:"
        yield f"  line {lines}{more}"
    yield f"About {trial.bytes / _MEGA:,.1f} MB, and {trial.seconds:,.0f} s of work for one core. Nothing was written."


def trial_json(trial: Trial) -> str:
    """What would be done, as one document (`leakguard.letters-trial/1`)."""
    found = trial.found
    return json.dumps(
        {
            "schema": "leakguard.letters-trial/1",
            "letters": found.letters,
            "languages": dict(sorted(found.languages.items())),
            "set_aside": found.set_aside,
            "first_set_aside": [_row(row) for row in found.first_aside],
            "twins": len(trial.twins),
            "first_twins": list(trial.twins[:SHOWN]),
            "passed_over": found.passed_over,
            "bytes": trial.bytes,
            "core_seconds": round(trial.seconds, 3),
        }
    )


def _row(row: SetAside) -> dict[str, object]:
    return {"line": row.line, "problems": list(row.problems)}


def _langs(languages: Mapping[Any, int]) -> str:
    return ", ".join(f"{lang} {count:,}" for lang, count in sorted(languages.items()))


def _left_out(set_aside: int, passed_over: int, first: Sequence[SetAside]) -> Iterator[str]:
    if passed_over:
        passed = counted(passed_over, "row was", "rows were")
        yield f"{passed} passed over: nobody asked for their place, or the sample was full."
    if set_aside:
        yield f"{counted(set_aside, 'row is', 'rows are')} set aside, without a letter until the file is corrected:"
        yield from (f"  line {row.line}: {'; '.join(row.problems)}" for row in first)
    if set_aside > len(first):
        yield f"  and {set_aside - len(first):,} more"

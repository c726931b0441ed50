"""What releases changed: the register is complete, and tells open incidents which of their limits moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kept.duties_told import told_of
from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, UsageProblem
from leakguard.notices.changes import changes_since, heirs_of, load_changes, parse_changes, releases_of
from support.notices import book

KEPT = max((Path(__file__).parents[1] / "kept").glob("duties-*.json"))
WAS: dict[str, dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
NOW = told_of(book().duties)
NEWEST = changes_since(load_changes(BundledFiles()), None)
ENTRY = """\
changes:
  - {release: "0.2.0", on: "2027-01-02", duty: xx-1, parts: [deadline], en: Less time., zh: 时限缩短。, before: {initial: {elapsed: PT72H}}}
  - {release: "0.10.0", on: "2027-05-02", duty: xx-1, parts: [recipient], en: Another office., zh: 受理机关变更。}
  - {release: "0.1.0", on: "2026-11-30", duty: xx-2, parts: [gone], en: Repealed., zh: 已废止。}
"""  # noqa: E501  (rows as a register has them)


def differences() -> dict[str, set[str]]:
    """What differs from the release before, by the id that the duty had there."""
    found = {}
    for name, was in WAS.items():
        now = NOW.get(name)
        changed = {part for part in was if now is None or now[part] != was[part]}
        if changed:
            found[name] = {"gone"} if now is None else changed
    return found


def test_what_changed_since_the_release_before_has_an_entry_with_each_part() -> None:
    written = {one.duty: set(one.parts) for one in NEWEST}
    missing = {
        name: parts - written.get(name, set())
        for name, parts in differences().items()
        if not (parts <= written.get(name, set()) or (parts == {"gone"} and "split" in written.get(name, set())))
    }

    assert missing == {}, "state them in duties/changes/releases.yaml"


def test_an_entry_tells_of_something_that_did_change() -> None:
    assert {one.duty for one in NEWEST} - differences().keys() - (NOW.keys() - WAS.keys()) == set()
    assert [one.duty for one in NEWEST if "split" in one.parts and not heirs_of(one, book().duties)] == []


def test_the_earlier_time_of_a_stage_is_the_one_that_the_release_before_told() -> None:
    stated = {one.duty: one.before for one in NEWEST}
    for name, was in WAS.items():
        for stage, limbs in was["deadline"].items():
            now = NOW.get(name, {}).get("deadline", {}).get(stage)
            if now is not None and now != limbs and len(limbs) == 1:
                (before,) = limbs
                assert stated[name][stage].model_dump(mode="json", exclude_none=True) == before, f"{name}.{stage}"


def test_releases_are_ordered_as_numbers_and_since_takes_a_release_or_a_day() -> None:
    changes = parse_changes(ENTRY, name="x.yaml")

    assert releases_of(changes) == ("0.10.0", "0.2.0", "0.1.0")
    assert [one.release for one in changes_since(changes, None)] == ["0.10.0"]
    assert [one.release for one in changes_since(changes, "0.1.0")] == ["0.10.0", "0.2.0"]
    assert [one.release for one in changes_since(changes, "2027-01-02")] == ["0.10.0", "0.2.0"]
    assert changes_since(changes, "2027-05-03") == ()
    with pytest.raises(UsageProblem, match="neither a release nor a day"):
        changes_since(changes, "yesterday")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('release: "0.10.0", on: "2027-05-02"', 'release: "0.2.0", on: "2027-05-02"', "another day"),
        ('release: "0.10.0", on: "2027-05-02"', 'release: "0.2.0", on: "2027-01-02"', "has an entry"),
        ("parts: [deadline]", "parts: [content]", "does not name `deadline`"),
        ('release: "0.2.0"', "release: next", "changes[0].release"),
        ('release: "0.2.0"', "release: 0.2.0-rc", "changes[0].release"),
        ("parts: [gone]", "parts: []", "changes[2].parts"),
    ],
)
def test_a_register_that_says_it_wrongly_is_refused(old: str, new: str, problem: str) -> None:
    assert old in ENTRY
    with pytest.raises(BadFile) as refused:
        parse_changes(ENTRY.replace(old, new), name="x.yaml")

    assert problem in str(refused.value)

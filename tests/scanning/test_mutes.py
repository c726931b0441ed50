"""The mute list: what the owner accepts, for a while, with a reason and a name."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.models.findings import Outcome
from leakguard.models.mutes import Mute
from leakguard.scanning.mutes import (
    HEAD,
    LONGEST,
    MarkedFindings,
    MuteList,
    UnmutedFindings,
    entry_text,
    is_own_form,
    parse_mutes,
    stated_in,
    without_entries,
)
from leakguard.scanning.run_findings import FindingsInMemory
from support.scan_views import MUTE, some_findings

TODAY = date(2026, 11, 26)
FOUND = FindingsInMemory(some_findings())


def parsed(*entries: str) -> MuteList:
    return parse_mutes("mutes:\n" + "".join(f"  - {entry}\n" for entry in entries), name="mutes.yaml", today=TODAY)


def muted(*entries: str) -> list[str]:
    return list(parsed(*entries).among(FOUND))


BY = "reason: known, owner: A, expires: 2027-01-01"


@pytest.mark.parametrize(
    ("entry", "ids"),
    [
        ("{finding: F-1, %s}", ["F-1"]),
        ("{target: 'mail.example.edu:9200', %s}", ["F-1"]),
        ("{target: '10.0.0.1:9200', %s}", ["F-1"]),
        ("{target: '10.0.0.2:9200', check: redis_open, %s}", []),
        ("{target: '10.0.0.4:6379', check: redis_open, %s}", ["F-4"]),
        ("{cluster_id: cluster-F-2-id, %s}", ["F-2"]),
        ("{cluster_id: another, target: '10.0.0.2:9200', %s}", []),
        ("{finding: F-5, %s}", []),
        ("{finding: F-6, %s}", []),
    ],
)
def test_an_entry_mutes_what_it_names_and_only_what_is_open(entry: str, ids: list[str]) -> None:
    """A login that was asked for needs no mute, and an unclear answer is none that anybody could accept."""
    assert muted(entry % BY) == ids


def test_an_entry_that_is_over_holds_no_more_and_is_told() -> None:
    found = parsed("{finding: F-1, reason: known, owner: A, expires: 2026-11-25}")

    assert found.mutes == ()
    assert [mute.finding for mute in found.expired] == ["F-1"]
    assert parsed("{finding: F-1, reason: known, owner: A, expires: 2026-11-26}").mutes != ()


def test_an_entry_may_end_while_a_scan_runs() -> None:
    last = date(2027, 1, 1)
    found = parsed(f"{{finding: F-1, {BY}}}", "{finding: F-2, reason: known, owner: A, expires: 2027-01-02}")

    assert found.on(last) == found
    assert [mute.finding for mute in found.on(last + timedelta(days=1)).expired] == ["F-1"]
    assert list(found.on(last + timedelta(days=1)).among(FOUND)) == ["F-2"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mutes: [{finding: F-1}]", ["reason: this field is missing", "owner: this field", "expires: this field"]),
        ("mutes: [{reason: ' ', owner: A, expires: 2027-01-01, finding: F-1}]", ["reason: must not be empty"]),
        ("mutes: [{reason: r, owner: A, expires: 2027-01-01, check: x}]", ["must name one of finding, target"]),
        ("mutes: [{reason: r, owner: A, expires: 2028-01-01, finding: F-1}]", ["expires: lies more than 366 days"]),
        ("mutes: [{reason: r, owner: A, expires: soon, finding: F-1}]", ["expires"]),
        ("mute: []", ["unknown field"]),
        ("[]", ["must be a mapping"]),
    ],
)
def test_all_problems_of_a_file_are_told_at_once(text: str, says: list[str]) -> None:
    with pytest.raises(BadFile) as caught:
        parse_mutes(text, name="mutes.yaml", today=TODAY)

    assert [part for part in says if part not in caught.value.message] == []


def test_without_muted_findings_the_rest_is_as_it_was() -> None:
    rest = UnmutedFindings(FOUND, {"F-3": MUTE})
    ids = ["F-1", "F-2", "F-4", "F-5", "F-6"]

    assert [one.id for one in rest] == ids
    assert len(rest) == 5
    assert [json.loads(line)["id"] for line in rest.lines()] == ids
    assert sorted(seen.id for seen in rest.glances()) == ids
    assert [one.id for one in rest.some(["F-2", "F-3"])] == ["F-2"]
    assert rest.outcomes == {Outcome.EXPOSED: 3, Outcome.NOT_EXPOSED: 1, Outcome.INCONCLUSIVE: 1}
    assert (some_findings()[0] in rest, some_findings()[2] in rest, "F-1" in rest) == (True, False, False)


def test_an_outcome_that_is_muted_altogether_is_gone() -> None:
    every = {one.id: MUTE for one in some_findings()[:4]}

    assert Outcome.EXPOSED not in UnmutedFindings(FOUND, every).outcomes


def test_marked_findings_say_who_accepted_them_until_when() -> None:
    marked = MarkedFindings(FOUND, {"F-3": MUTE})
    lines = [json.loads(line) for line in marked.lines()]

    assert [one["id"] for one in lines if "muted" in one] == ["F-3"]
    assert lines[2]["muted"] == {"reason": "public data set", "owner": "A. Owner", "expires": "2027-03-31"}
    assert (len(marked), len(list(marked)), len(list(marked.glances())), len(list(marked.some(["F-1"])))) == (
        6,
        6,
        6,
        1,
    )
    assert marked.outcomes == FOUND.outcomes
    assert some_findings()[0] in marked


TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u0085\u2028\u2029\ufeff"), min_size=1
)


@given(reason=TEXTS, owner=TEXTS, days=st.integers(0, LONGEST.days), place=TEXTS, check=st.none() | TEXTS)
def test_what_is_written_is_read_back(reason: str, owner: str, days: int, place: str, check: str | None) -> None:
    expires = TODAY + timedelta(days=days)
    mute = Mute(
        reason=f"r{reason}", owner=f"o{owner}", expires=expires, target=f"t{place}", check=check and f"c{check}"
    )
    text = HEAD + entry_text(mute)

    assert parse_mutes(text, name="x", today=TODAY).mutes == (mute,)
    assert is_own_form(text)


@pytest.mark.parametrize("text", ["", "[]", "mutes: []", "other: 1", "mutes: [{a: 1}]\n", "mutes:\n - a\nother: 1\n"])
def test_a_file_that_ends_in_something_else_is_not_written_to(text: str) -> None:
    assert not is_own_form(text)


LIST = f"""# ours
mutes:
  # the first
  - {{finding: F-1, {BY}}}
  - finding: F-2  # two lines
    reason: |
      known,
      since spring
    owner: A
    expires: 2027-01-01
  # the last
  - {{cluster_id: c-3, reason: known,
     owner: A, expires: 2020-01-01}}
"""


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ((0,), ["F-2", "c-3"]),
        ((1,), ["F-1", "c-3"]),
        ((2,), ["F-1", "F-2"]),
        ((0, 2), ["F-2"]),
        ((), ["F-1", "F-2", "c-3"]),
    ],
)
def test_entries_are_taken_out_whole_and_what_stands_around_them_stays(gone: tuple[int, ...], left: list[str]) -> None:
    text = without_entries(LIST, gone)

    assert text is not None
    assert [one.named for one in stated_in(text, name="mutes.yaml")] == left
    assert [line for line in text.splitlines() if line.lstrip().startswith("#")] == [
        "# ours",
        "  # the first",
        "  # the last",
    ]


def test_the_last_entry_that_is_taken_out_leaves_a_list_that_can_be_added_to() -> None:
    text = without_entries(f"mutes:\n  - {{finding: F-1, {BY}}}\n", (0,))

    assert text == "mutes:\n"
    assert is_own_form(text)


def test_an_entry_whose_last_value_is_a_text_of_several_lines_is_taken_out_with_all_of_them() -> None:
    text = "mutes:\n  - finding: F-1\n    owner: A\n    expires: 2027-01-01\n    reason: |\n      known,\n      still\n"

    assert without_entries(text, (0,)) == "mutes:\n"


def test_a_list_in_brackets_is_left_to_a_person() -> None:
    assert without_entries(f"mutes: [{{finding: F-1, {BY}}}]\n", (0,)) is None

"""What is published about the checks is true of the checks of this checkout."""

from __future__ import annotations

import pytest

from accuracy.expected import OPEN
from accuracy.first_met import FirstMet, Group, read_first_met
from accuracy.kept import read
from accuracy.measured import REASONS, Found, Measured, reason_of, reasons_for
from accuracy.tables import (
    UNTOLD,
    Score,
    accuracy_sentence,
    coverage_sentence,
    covering,
    first_met_sentence,
    proofs,
    rows,
    score_of_replays,
    score_of_servers,
)
from lab.catalogue import ALL_NAMES, CORE
from leakguard.checks.definitions import CheckDefinition
from support.each import for_each
from support.replays import read_replay
from support.shipped import LIBRARY

pytestmark = pytest.mark.untraced

DAY, SERVERS, REPEATED = read()
COVERED = covering(LIBRARY)
NO_ROW = {"http_login_asked"}
"""It only says that a login is asked for."""


def server(form: str, *found: tuple[str, str]) -> Measured:
    said = tuple(Found(check="c", datastore=store, outcome=outcome, has_size=True) for store, outcome in found)
    return Measured(server="s", datastore="redis", version="1", form=form, core=True, found=said)


def test_every_check_names_rows_that_there_are() -> None:
    names = {row.name for row in rows()}

    assert set(COVERED) <= names
    assert {check.id for check in LIBRARY if not check.covers} == NO_ROW


def test_a_row_without_a_check_says_why_and_one_with_a_check_does_not() -> None:
    for row in rows():
        assert (row.name in COVERED) is not bool(row.left_out), row


def test_at_least_ninety_kinds_are_covered_and_thirty_proved_open_and_protected() -> None:
    forms = {name: {server.form for server in proofs(checks, SERVERS)} for name, checks in COVERED.items()}

    assert len(COVERED) >= 90
    assert sum(found == {"open", "protected"} for found in forms.values()) >= 30


def test_every_wrong_verdict_on_a_real_server_is_explained() -> None:
    wrong = [server for server in SERVERS if not server.is_right]

    assert [server.key for server in wrong if not reason_of(server)] == []


def test_a_reason_stands_only_for_a_wrong_verdict_that_there_is() -> None:
    """One that is left when the verdict is right would hide the next wrong one."""
    used = {name for server in SERVERS if not server.is_right for name in reasons_for(server)}

    assert set(REASONS) - used == set()


def test_ten_runs_over_the_core_set_gave_the_same_answer_in_time() -> None:
    assert (REPEATED.runs, REPEATED.is_same) == (10, True)
    assert REPEATED.endpoints >= 44
    assert REPEATED.seconds < 15


def test_what_was_measured_are_servers_of_the_lab_and_checks_of_this_checkout() -> None:
    measured = {server.server.partition("/")[0] for server in SERVERS}

    assert measured <= set(ALL_NAMES)
    assert measured >= {name for recipe in CORE for name in recipe.names}
    assert {each.check for server in SERVERS for each in server.found} <= {check.id for check in LIBRARY}


@for_each("check", LIBRARY, ids=lambda check: check.id)
def test_every_replay_is_judged_rightly_or_said_why(check: CheckDefinition) -> None:
    by_class = score_of_replays(check, read_replay(check.id).cases)
    wrong = {name for name, (total, good) in by_class.items() if good != total}

    assert bool(wrong) is (check.id in UNTOLD)


@pytest.mark.parametrize(
    ("measured", "hit", "miss", "alarm"),
    [
        (server("open", ("redis", "exposed")), True, False, False),
        (server("open", ("redis", "partially_exposed")), True, False, False),
        (server("open", ("redis", "inconclusive")), False, True, False),
        (server("open"), False, True, False),
        (server("open", ("mysql", "exposed")), False, True, True),
        (server("open", ("redis", "exposed"), ("mysql", "exposed")), True, False, True),
        (server("protected", ("redis", "not_exposed")), False, False, False),
        (server("protected"), False, False, False),
        (server("protected", ("redis", "exposed")), False, False, True),
    ],
)
def test_hits_misses_and_false_alarms_are_told_apart(measured: Measured, *, hit: bool, miss: bool, alarm: bool) -> None:
    assert (measured.is_hit, measured.is_miss, measured.is_false_alarm) == (hit, miss, alarm)
    assert measured.is_right is not (miss or alarm)


def test_recall_and_precision_count_what_they_say() -> None:
    score = score_of_servers(
        [server("open", ("redis", "exposed")), server("open"), server("protected", ("redis", "exposed"))]
    )

    assert (score.recall, score.precision) == (0.5, 0.5)
    assert (Score().recall, Score().precision) == (1.0, 1.0)
    assert "exposed" in OPEN


def test_the_sentence_counts_the_rows() -> None:
    assert coverage_sentence(LIBRARY, SERVERS).startswith(f"{len(COVERED)} of {len(rows())} kinds. ")


def test_the_published_rate_says_on_which_servers_and_what_servers_met_for_the_first_time_gave() -> None:
    text = accuracy_sentence(DAY, SERVERS, REPEATED)

    assert "that the checks were built on" in text
    assert first_met_sentence(read_first_met()) in text


def test_a_false_alarm_on_a_server_met_for_the_first_time_would_be_published() -> None:
    met = FirstMet(
        measured_on="2026-01-01", kinds=2, false_alarms=3, groups=(Group(name="reached directly", opened=3, found=2),)
    )

    text = first_met_sentence(met)

    assert "reached directly: 2 of 3 open ones found (66.6%); 3 false alarms" in text

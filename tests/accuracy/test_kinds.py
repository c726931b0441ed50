"""The table by kind is what `accuracy.json` says, what is right of a front was written down, and misses are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accuracy.expected import PROVED_BY_A_REFUSAL, WANTED, expectation
from accuracy.fronts import ODD, RULES
from accuracy.kept import FILE, MANY, Again, compared, merged, read
from accuracy.kinds import (
    again_sentence,
    error,
    kind_table,
    kinds_part,
    recomputed,
    unmeasured,
    unmeasured_sentence,
    wrong_lines,
)
from accuracy.measured import Found, Measured
from accuracy.tables import percent
from leakguard.checks.definitions import CheckDefinition
from leakguard.frozen import replace
from support.shipped import LIBRARY

DOC = Path(__file__).parents[2] / "docs" / "reference" / "accuracy.md"
NOT_SENT = {"method": "GET", "what": "/db", "status": 304}
OTHER = {"method": "GET", "what": "/api/list", "status": 200}
FRONT = {"method": "GET", "what": "/?q=1", "status": 200}


def row(form: str, *outcomes: str, state: str = "direct", records: int | None = None, told: int = 3) -> Measured:
    found = tuple(
        Found(check="c", datastore="redis", outcome=outcome, has_size=True, records=told) for outcome in outcomes
    )
    return Measured(
        server="s", datastore="redis", version="1", form=form, core=True, found=found, state=state, records=records
    )


def test_the_table_is_recomputed_from_what_is_published() -> None:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    _, rows, _ = read()
    table = kind_table(rows)

    for kind, (opened, found) in recomputed(document).items():
        line = next(line for line in table.splitlines() if line.startswith(f"| {kind} |"))
        assert f"| {percent(found / opened)} |" in line
    assert table in DOC.read_text(encoding="utf-8")


def test_no_rate_below_the_whole_is_published_as_the_whole() -> None:
    assert [percent(part) for part in (1.0, 0.9999, 0.995, 623 / 631, 42 / 52, 0.29, 0.0)] == [
        "100%", "99.9%", "99.5%", "98.7%", "80.7%", "29%", "0%",
    ]  # fmt: skip


def test_an_error_of_sizes_is_published_as_none_only_where_there_is_none() -> None:
    assert [error(part) for part in (0.0, 0.0001, 0.25)] == ["0%", "0.1%", "25%"]


def test_kinds_without_a_measurement_are_named() -> None:
    checks = [replace_kind(LIBRARY[0], kind) for kind in ("redis", "newstore", "page")]

    assert unmeasured([row("open", "exposed")], checks) == ["newstore"]
    assert "these 1 kinds" in unmeasured_sentence(["newstore"])
    assert "| newstore | not tried |" in kinds_part([row("open", "exposed")], checks)
    assert "| newstore |" not in kinds_part([row("open", "exposed")], checks[:1])


def replace_kind(check: CheckDefinition, kind: str) -> CheckDefinition:
    return CheckDefinition({**check.stated, "datastore": kind})


def test_a_table_without_rows_for_strangers_is_neither_open_nor_refused() -> None:
    hidden, refused = row("hidden", "not_exposed"), row("hidden", "not_exposed")
    hidden = replace(hidden, found=(replace(hidden.found[0], reason_code="rows_hidden"),))

    assert (hidden.is_right, refused.is_right, row("hidden", "exposed").is_right) == (True, False, False)
    assert row("hidden", "exposed").is_false_alarm


def test_every_state_has_an_expectation_with_its_reason() -> None:
    assert set(WANTED) == {*RULES, *ODD}
    assert all(why for _, why in WANTED.values())


@pytest.mark.parametrize(
    ("state", "form", "asked", "wanted"),
    [
        ("plain proxy", "open", OTHER, "open"),
        ("plain proxy", "protected", OTHER, "closed"),
        ("guarded front page", "open", OTHER, "open"),
        ("guarded front page", "open", FRONT, "closed"),
        ("guarded but for the front page", "open", OTHER, "closed"),
        ("guarded but for the front page", "open", FRONT, "unsettled"),
        ("firewall", "open", FRONT, "unsettled"),
        ("rate limiter", "open", OTHER, "unsettled"),
        ("below a path", "open", {**OTHER, "method": "POST"}, "closed"),
        ("below a path", "open", {**OTHER, "method": "other_page_tables"}, "open"),
        ("below a path", "open", OTHER, "open"),
        ("guarded but for the front page", "open", NOT_SENT, "closed"),
        ("own front page", "open", NOT_SENT, "open"),
    ],
)
def test_what_is_right_of_a_front_follows_from_what_is_behind_it(
    state: str, form: str, asked: dict[str, object], wanted: str
) -> None:
    assert expectation(state, "redis", form, [asked]).wanted == wanted


@pytest.mark.parametrize("datastore", sorted(PROVED_BY_A_REFUSAL))
def test_what_a_refusal_behind_the_front_page_proves_is_expected_whatever_the_front_page_says(datastore: str) -> None:
    assert expectation("own front page", datastore, "open", [{**OTHER, "status": 406}]).wanted == "open"
    assert expectation("own front page", "redis", "open", [{**OTHER, "status": 406}]).wanted == "closed"


def test_a_check_that_also_asks_by_post_is_not_expected_below_a_path() -> None:
    assert expectation("below a path", "kibana", "open", [OTHER]).wanted == "closed"
    assert expectation("plain proxy", "kibana", "open", [OTHER]).wanted == "open"


@pytest.mark.parametrize("state", ["guarded front page", "single sign-on", "own front page", "below a path"])
@pytest.mark.parametrize("datastore", ["page", "parse_server", "pocketbase", "strapi"])
def test_what_only_a_page_says_need_not_be_found_where_a_browser_does_not_get_it(state: str, datastore: str) -> None:
    assert expectation(state, datastore, "open", [OTHER]).wanted == "unsettled"
    assert expectation("plain proxy", datastore, "open", [OTHER]).wanted == "open"


@pytest.mark.parametrize(
    ("measured", "is_right"),
    [
        (row("unsettled", "exposed"), True),
        (row("unsettled", "inconclusive"), True),
        (row("unsettled", "not_exposed"), False),
        (row("unsettled", "not_exposed", "inconclusive"), True),
        (row("protected", "partially_exposed", state="firewall"), True),
        (row("protected", "exposed", state="firewall"), False),
        (row("protected", "partially_exposed"), False),
    ],
)
def test_a_limited_server_is_never_called_protected_and_names_on_a_free_front_page_are_names(
    measured: Measured, *, is_right: bool
) -> None:
    assert measured.is_right is is_right


def test_what_is_no_datastore_may_not_be_named_as_one() -> None:
    named = replace(row("protected", "not_exposed"), datastore="none")
    guarded = replace(named, found=(replace(named.found[0], datastore="http"),))

    assert (named.is_right, guarded.is_right) == (False, True)


def test_the_error_of_a_size_is_a_part_of_what_was_planted() -> None:
    assert row("open", "exposed", records=3).size_errors == {"records": 0}
    assert row("open", "exposed", records=4).size_errors == {"records": 0.25}
    assert row("open", "exposed").size_errors == {}


def test_at_least_so_many_is_no_error_and_more_than_planted_is_one() -> None:
    low, high = (row("open", "exposed", records=planted) for planted in (4, 2))
    at_least = [replace(each, found=(replace(each.found[0], exact=False),)) for each in (low, high)]

    assert [each.size_errors["records"] for each in at_least] == [0, 0.5]


def test_a_part_of_the_lab_replaces_its_own_rows_alone() -> None:
    """What the lab no longer has is gone with the next measurement."""
    old = [row("open", "exposed"), *(replace(row("open"), server=name) for name in ("redis-open", "no-longer-open"))]

    assert merged(old, [row("open")]) == [row("open"), old[1]]


def test_a_second_measurement_is_compared_by_verdicts_alone() -> None:
    first = [row("open", "exposed"), replace(row("open", "exposed"), server="t")]
    second = [row("open", "exposed", told=9), replace(row("open"), server="t"), replace(row("open"), server="new")]

    again = compared(first, second)

    assert again == Again(compared=2, differing=("`t`, direct: first `c` exposed, then nothing",))
    assert again_sentence({"core": again}).endswith(
        "Reached directly alone: all of them. Of 2 verdicts, 0 of them behind fronts, 1 were others:\n\n"
        "- `t`, direct: first `c` exposed, then nothing"
    )


def test_how_many_checks_got_no_clear_answer_is_no_other_verdict_but_that_one_did_is() -> None:
    few, some, many = (row("protected", *["inconclusive"] * number) for number in (1, MANY + 1, MANY + 9))

    assert compared([some], [many]).differing == ()
    assert compared([few], [row("protected", "not_exposed")]).differing != ()
    assert compared([many], [row("protected")]).differing != ()


def test_each_wrong_verdict_is_named() -> None:
    wrong = [row("open", "inconclusive", state="plain proxy")]

    assert wrong_lines(wrong).startswith("- `s`, plain proxy: should be open, said `c` inconclusive")
    assert "### Wrong verdicts" in kinds_part(wrong)
    assert wrong_lines([row("open", "exposed")]) == ""

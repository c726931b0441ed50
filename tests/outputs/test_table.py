"""The table: the worst first, nothing that a host wrote reaches the terminal unescaped."""

from __future__ import annotations

import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from leakguard.models.findings import (
    Answer,
    Decoy,
    DecoyVerdict,
    Finding,
    Outcome,
    Permission,
    Proof,
    ProofRequest,
    RansomSigns,
    Right,
    Severity,
    Size,
    Stranger,
)
from leakguard.outputs.table import findings_table
from leakguard.outputs.words import counts_line
from support.scans import finding_of

GOLDEN = Path(__file__).parent / "golden"
STANDINGS = ["exposed", "protected", "other", "closed", "silent", "not_checked"]
FINDINGS = [
    finding_of(Outcome.NOT_EXPOSED, id="F-2222222222", target="mail.example.edu:9201"),
    finding_of(),
    finding_of(
        severity=Severity.CRITICAL,
        id="F-3333333333",
        target="127.0.0.1:9201",
        size=Size(records=9_500_000_000, bytes=8_400_000_000_000, collections=12, exact=False, method="estimated"),
        ransomed=RansomSigns(verdict="suspected", markers=("read_me",)),
        decoy=Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("answers everything",)),
        lifecycle="experimental",
    ),
    finding_of(
        Outcome.NOT_APPLICABLE, id="F-4444444444", target="127.0.0.9:9200", decoy=Decoy(verdict=DecoyVerdict.DECLARED),
        reason="this is a declared decoy of ours; as a datastore it would be exposed",
    ),
    finding_of(
        Outcome.PARTIALLY_EXPOSED, id="F-5555555555", target="[2001:db8::1]:27017", severity=Severity.MEDIUM,
        product="mongodb", version=None, size=Size(collections=3), reason="names are listed",
    ),
    finding_of(
        Outcome.INCONCLUSIVE, id="F-6666666666", target="127.0.0.3:9200", product=None, version=None,
        reason="the host accepted the connection but did not answer in time",
    ),
    finding_of(Outcome.NOT_APPLICABLE, id="F-7777777777", target="127.0.0.4:9200", reason="another product."),
]  # fmt: skip


def text_of(findings: list[Finding], width: int) -> str:
    console = Console(width=width, file=StringIO(), no_color=True, force_terminal=False, highlight=False)
    with console.capture() as capture:
        console.print(findings_table(findings), soft_wrap=True)
    return capture.get()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_table_looks_as_agreed(width: int) -> None:
    expected = (GOLDEN / f"table_{width}.txt").read_text(encoding="utf-8")

    shown = "\n".join(line.rstrip() for line in text_of(FINDINGS, width).splitlines())

    assert shown + "\n" == expected


def test_the_ways_into_one_cluster_share_a_row_with_its_size() -> None:
    ways = [
        finding_of(id=f"F-{number}111111111", target=f"192.0.2.{number}:9200", cluster_id="q1Wm2dTfRkqY")
        for number in (1, 2)
    ]
    shown = text_of(ways, 160)

    assert all(way.id in shown and way.target in shown for way in ways)
    assert shown.count("41,000") == 1
    assert "one store, 2 ways in" in " ".join(shown.split())


@pytest.mark.parametrize("width", [40, 80, 120, 160])
def test_the_id_of_each_way_stands_in_the_line_of_its_place(width: int) -> None:
    """Whoever types an id of the line below verifies another host."""
    places = ["192.0.2.1:9200", "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:27017", "192.0.2.3:9200"]
    ways = [
        finding_of(id=f"F-{number}111111111", target=place, cluster_id="q1Wm2dTfRkqY", version="9.9.9-a-long-one")
        for number, place in enumerate(places, 1)
    ]
    lines = text_of(ways, width).splitlines()

    for way in ways[1:]:
        assert way.target[:20] in next(line for line in lines if way.id in line)
    first = next(number for number, line in enumerate(lines) if ways[0].target in line)
    assert ways[0].id in lines[first]


def test_addresses_of_one_name_are_told_apart() -> None:
    ways = [
        finding_of(id=f"F-{number}111111111", target=f"192.0.2.{number}:9200", host="two.example.edu")
        for number in (1, 2)
    ]
    shown = text_of(ways, 160)

    assert "192.0.2.1:9200 (two.example.edu)" in shown
    assert "192.0.2.2:9200 (two.example.edu)" in shown
    assert "two.example.edu:9200 " in text_of(ways[:1], 160)


def test_no_line_is_wider_than_the_terminal_and_ids_stay_whole() -> None:
    """An id that is cut cannot be typed again."""
    for width in (40, 71, 72, 80, 100, 160):
        shown = text_of(FINDINGS, width)

        assert max(map(len, shown.splitlines())) <= width
        assert all(finding.id in shown for finding in FINDINGS)


def test_the_worst_comes_first_and_the_larger_before_the_smaller() -> None:
    small, large = (
        finding_of(id="F-small00000", size=Size(records=1)),
        finding_of(id="F-large00000", size=Size(records=2)),
    )
    nothing = finding_of(id="F-nosize0000", size=None)

    shown = text_of([small, nothing, *FINDINGS, large], 160)

    order = [
        shown.index(name) for name in ("F-3333333333", "F-1a2b3c4d5e", "F-large00000", "F-small00000", "F-nosize0000")
    ]
    assert order == sorted(order)
    assert shown.index("F-nosize0000") < shown.index("F-2222222222")


@given(st.text(min_size=1), st.text(), st.text(), st.text())
def test_no_word_of_a_host_reaches_the_terminal_unescaped(host: str, product: str, version: str, reason: str) -> None:
    hostile = finding_of(
        host=host + "\x1b[31m", product=product + "\u202e", version=version + "\x07", reason=reason + "\x9b[bold]"
    )

    shown = text_of([hostile], 160)

    assert not [letter for letter in shown.replace("\n", "") if unicodedata.category(letter)[0] == "C"]
    assert not {"\u2028", "\u2029"} & set(shown)


def test_square_brackets_are_text_and_not_markup() -> None:
    assert "[bold]loud[/bold]" in text_of([finding_of(product="[bold]loud[/bold]", version=None)], 160)


@given(st.dictionaries(st.sampled_from(STANDINGS), st.integers(0, 10**6)))
def test_the_parts_of_the_sum_add_up(counts: dict[str, int]) -> None:
    parts, _, total = counts_line(counts).rpartition(" = ")

    numbers = [int(part.split()[0]) for part in parts.split(", ")] if parts != "nothing" else []

    assert sum(numbers) == sum(counts.values()) == int(total.split()[0])


def test_the_sum_reads_as_a_sentence() -> None:
    assert (
        counts_line({"exposed": 3, "closed": 40, "not_checked": 1})
        == "3 exposed, 40 closed, 1 not checked = 44 endpoints"
    )
    assert counts_line({"protected": 1}) == "1 protected = 1 endpoint"
    assert counts_line({}) == "nothing = 0 endpoints"


def test_what_strangers_may_do_with_a_bucket_is_said_by_group() -> None:
    """A right that is denied or unknown is in the JSON; a person reads what is allowed."""
    rights = (
        Permission(who=Stranger.EVERYONE, right=Right.LIST, answer=Answer.ALLOWED),
        Permission(who=Stranger.EVERYONE, right=Right.WRITE, answer=Answer.UNKNOWN),
        Permission(who=Stranger.EVERYONE, right=Right.READ_ACL, answer=Answer.ALLOWED),
        Permission(who=Stranger.ANY_AUTHENTICATED, right=Right.WRITE, answer=Answer.ALLOWED),
    )

    text = text_of([finding_of(permissions=rights, reason="open")], 300)

    assert "everyone may list, read acl; any authenticated may write" in text


def test_the_worst_rows_are_shown_and_the_others_counted() -> None:
    """A table of thousands of rows tells nobody anything."""
    many = [finding_of(id=f"F-{number:09}x", size=Size(records=number)) for number in range(300)]
    table = findings_table(many)

    shown = text_of(many, 160)

    assert len(table.rows) == 200
    assert "F-000000299x" in shown
    assert "F-000000099x" not in shown
    assert "100 more rows are not shown" in shown
    assert "leakguard scan show R-20261124-aaaaaa --format jsonl" in shown
    assert "1 more row is not shown" in str(findings_table(many[:201]).caption)
    assert not findings_table(many[:200]).caption


def test_of_thousands_of_ways_into_one_store_some_are_named() -> None:
    ways = [
        finding_of(id=f"F-{number:09}x", target=f"192.0.2.{number}:9200", cluster_id="q1Wm2dTfRkqY")
        for number in range(25)
    ]
    shown = text_of(ways, 160)

    assert shown.count("192.0.2.") == 19
    assert shown.count("+ 6 more") == 2
    assert "one store, 25 ways in" in " ".join(shown.split())


@pytest.mark.parametrize("asked", [None, 200])
def test_a_port_that_says_no_word_shows_no_product(asked: int | None) -> None:
    """The check only stands for all that were asked, unless an answer was held against it."""
    proof = Proof(requests=(ProofRequest(method="GET", what="/", status=asked, bytes=0),))
    silent = finding_of(
        Outcome.INCONCLUSIVE, datastore="spring_boot", product=None, version=None, proof=proof,
        reason="no answer in time",
    )  # fmt: skip

    assert ("spring_boot" in text_of([silent], 160)) is (asked is not None)

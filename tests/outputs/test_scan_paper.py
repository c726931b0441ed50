"""The report of a run that a manager prints: what is open, how big, what to do first, what is not known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.report_makers import report_maker
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Severity
from leakguard.models.kinds import Category, DataSeen, People, Sensitive
from leakguard.outputs.scan_bars import MOST, bars
from leakguard.outputs.scan_gaps import MOST_ROWS
from leakguard.outputs.scan_paper import scan_paper
from leakguard.outputs.scan_view import ScanView
from leakguard.reports.paper import Facts, Listed, Paper, Paragraph, Section, Table
from leakguard.scanning.left_out import LeftOut
from support.browser import browse, first_colour
from support.scan_views import MUTE, at, scan_view, sized, some_findings


def section(paper: Paper, name: str) -> Section:
    return next(one for one in paper.sections if one.name == name)


def names(view: ScanView) -> list[str]:
    return [one.name for one in scan_paper(view).sections]


def proof_words(view: ScanView) -> str:
    return next(one.text for one in section(scan_paper(view), "proof").blocks if isinstance(one, Paragraph))


def facts(paper: Paper) -> dict[str, tuple[str, ...]]:
    (block,) = (one for one in section(paper, "glance").blocks if isinstance(one, Facts))
    return {label: cell.lines for label, cell in block.rows}


def table(paper: Paper, name: str) -> Table:
    return next(one for one in section(paper, name).blocks if isinstance(one, Table))


def verdict(view: ScanView) -> tuple[str, str]:
    block = section(scan_paper(view), "glance").blocks[0]
    assert isinstance(block, Paragraph)
    return block.text, block.tone


def test_the_first_lines_are_for_somebody_with_one_minute() -> None:
    told = facts(scan_paper(scan_view()))

    assert verdict(scan_view()) == ("3 datastores are open to anybody who knows the address.", "bad")
    assert told["Severity"] == ("1 critical, 1 high, 1 medium",)
    assert told["Records in them"] == ("at least 9.5 billion; 1 state no number",)
    assert told["Endpoints"] == ("4 exposed, 1 protected, 250 closed, 1 not checked",)
    assert told["Accepted by the owner"] == ("1",)


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (scan_view((some_findings()[4],), counts={"protected": 1}, muted={}), ("Nothing is open.", "good")),
        (
            scan_view((), counts={"not_checked": 2}, muted={}),
            ("Nothing was found open, but not everything could be checked.", "risk"),
        ),
        (
            scan_view((), counts={}, muted={}, is_interrupted=True),
            ("Nothing was found open, but not everything could be checked.", "risk"),
        ),
        (scan_view(some_findings()[:1], muted={}), ("1 datastore is open to anybody who knows the address.", "bad")),
    ],
)
def test_the_verdict_never_says_more_than_is_known(view: ScanView, says: tuple[str, str]) -> None:
    assert verdict(view) == says


@pytest.mark.parametrize(
    "gap",
    [
        {"exit_code": 3},
        {"unresolved": ("mail.example.edu",)},
        {"left_out": (LeftOut(name="cdn.example.edu", addresses=100, too_many=36),)},
        {"counts": {"protected": 2, "not_checked": 1}},
        {"is_interrupted": True},
        {"findings": some_findings()[5:]},
    ],
    ids="".join,
)
def test_nothing_is_open_is_said_only_of_a_whole_run(gap: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"findings": some_findings()[4:5], "counts": {"protected": 2}, "muted": {}, "exit_code": 0}

    assert verdict(scan_view(**whole)) == ("Nothing is open.", "good")
    assert verdict(scan_view(**(whole | gap))) == (
        "Nothing was found open, but not everything could be checked.", "risk",
    )  # fmt: skip


def test_a_run_with_nothing_to_look_at_is_no_good_news() -> None:
    view = scan_view((), counts={"closed": 0}, muted={}, exit_code=0)

    assert verdict(view) == ("Nothing was found open, as there was nothing to look at.", "risk")


def test_a_protection_that_is_not_settled_is_no_good_news() -> None:
    view = scan_view((), counts={"protected": 3}, muted={}, exit_code=0, unsettled={"accounts_not_tried": 2})

    assert verdict(view) == (
        "Nothing was found open, but 2 endpoints that are called protected may still be open.", "risk",
    )  # fmt: skip


def test_an_accepted_store_is_not_called_closed() -> None:
    muted = {"F-3": MUTE}
    whole = scan_view(some_findings()[2:3], counts={"exposed": 1}, muted=muted, exit_code=0)
    in_part = replace(whole, exit_code=3, unresolved=("mail.example.edu",))

    says = "Nothing was found open but 1 datastore that the owner accepts for a while"
    assert verdict(whole) == (f"{says}.", "risk")
    assert verdict(in_part) == (f"{says}, and not everything could be checked.", "risk")


def test_names_without_an_address_stand_in_the_report() -> None:
    names_of_hosts = tuple(f"host-{number}.example.edu" for number in range(MOST_ROWS + 2))
    left = (LeftOut(name="cdn.example.edu", addresses=100, too_many=36),)
    view = scan_view((), counts={}, muted={}, exit_code=3, unresolved=names_of_hosts, left_out=left)
    blocks = section(scan_paper(view), "unclear").blocks
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    listed, addresses = (block.entries for block in blocks if isinstance(block, Listed))

    assert said == [
        "302 names have no address, so nothing of them was checked:", "2 more are not listed.", "Not looked at:",
    ]  # fmt: skip
    assert listed == names_of_hosts[:MOST_ROWS]
    assert addresses == ("36 of the 100 addresses of cdn.example.edu (36 beyond the first 64)",)


def test_accepted_stores_beyond_the_table_are_counted() -> None:
    many = tuple(
        at(f"10.0.{n // 250}.{n % 250}", f"F-{n}", severity=Severity.LOW, size=None) for n in range(MOST_ROWS + 2)
    )
    blocks = section(scan_paper(scan_view(many, muted={finding.id: MUTE for finding in many})), "accepted").blocks

    assert [len(block.rows) for block in blocks if isinstance(block, Table)] == [MOST_ROWS]
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["2 more are accepted and not listed."]


def test_a_clean_run_has_no_empty_sections() -> None:
    assert names(scan_view((), counts={"closed": 1}, muted={})) == ["glance", "proof"]
    assert names(scan_view()) == ["glance", "first", "open", "unclear", "accepted", "proof"]


def test_one_cluster_behind_many_addresses_is_one_row() -> None:
    one = at("10.0.0.1", "F-1", severity=Severity.HIGH, size=sized(1, 1))
    other = replace(one, id="F-2", address="10.0.0.2", target="10.0.0.2:9200")
    (row,) = table(scan_paper(scan_view((one, other), muted={})), "open").rows

    assert row[1].lines[1] == "and 1 more ways in"


def test_what_is_done_for_one_is_told_once_for_all_of_its_kind() -> None:
    many = tuple(at(f"10.0.0.{n}", f"F-{n}", severity=Severity.HIGH, size=sized(n, n)) for n in range(1, 6))
    (entries,) = (
        block.entries
        for block in section(scan_paper(scan_view(many, muted={})), "first").blocks
        if isinstance(block, Listed)
    )

    assert entries == ("10.0.0.5:9200, 10.0.0.4:9200, 10.0.0.3:9200 and 2 more: Close the port.",)


def test_a_report_of_thousands_stays_short_keeps_the_worst_and_says_where_the_rest_is() -> None:
    many = tuple(
        at(f"10.{n // 250}.{n % 250}.1", f"F-{n}", severity=list(Severity)[1 + n % 4], size=sized(n, n))
        for n in range(1, 3 * MOST_ROWS)
    )
    paper = scan_paper(scan_view(many, muted={}))
    rows = table(paper, "open").rows

    assert len(rows) == MOST_ROWS
    assert facts(paper)["Open datastores"] == (f"{len(many):,}",)
    assert [row[0].lines[0] for row in rows][:225] == ["critical"] * 225
    assert any(
        isinstance(block, Paragraph) and f"{len(many) - MOST_ROWS} more are in the run" in block.text
        for block in section(paper, "open").blocks
    )


def test_bars_are_for_sizes_that_are_known_the_largest_only() -> None:
    figure = bars([(f"host-{n}:9200", 10**n) for n in range(1, 16)])

    assert figure is not None
    assert figure.body.count("<rect") == MOST
    assert "host-15:9200: 1 PB" in figure.description
    assert bars([("x", None)]) is None
    assert bars([("x", 1)]) is not None


def test_without_sizes_nothing_is_drawn_and_nothing_is_added_up() -> None:
    view = scan_view((some_findings()[3],), muted={})

    assert facts(scan_paper(view))["Records in them"] == ("not stated",)
    assert facts(scan_paper(view))["Size"] == ("not stated",)
    assert [type(block).__name__ for block in section(scan_paper(view), "open").blocks] == ["Table"]


def test_a_size_that_only_some_state_is_a_lower_bound() -> None:
    some = some_findings()
    told = facts(scan_paper(scan_view((some[0], some[3]), muted={})))

    assert told["Size"] == ("at least 8.4 TB; 1 state no size",)


def test_a_drill_is_marked_on_its_face() -> None:
    paper = scan_paper(scan_view(is_drill=True))

    assert paper.drill == "DRILL"
    assert paper.title.startswith("DRILL")


def test_a_stopped_run_says_so() -> None:
    assert facts(scan_paper(scan_view(is_interrupted=True)))["This run"] == ("was stopped before its end",)


def test_the_page_asks_nobody_for_anything_and_every_table_has_heads() -> None:
    page = report_maker("html", BundledFiles()).make(scan_paper(scan_view())).decode()

    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "default-src 'none'" in page
    assert page.count("<caption>") == page.count("<table")
    assert 'lang="en-GB"' in page


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_the_page_is_dark_in_the_dark(tmp_path: Path) -> None:
    page = tmp_path / "scan.html"
    page.write_bytes(report_maker("html", BundledFiles()).make(scan_paper(scan_view())))
    browse(page, "--blink-settings=preferredColorScheme=0", f"--screenshot={tmp_path / 'dark.png'}")

    assert first_colour((tmp_path / "dark.png").read_bytes()) == (0x14, 0x18, 0x1C)


def with_data(finding: Finding) -> Finding:
    categories = tuple(
        Category(category=kind, where=f"index people field {kind[-4:]}{number}", by="field_name")
        for kind, count in (("contact.email", 1), ("identification_number.cn_resident_id", 5))
        for number in range(count)
    )
    sensitive = Sensitive(
        category="identification_number.cn_resident_id", standard="GB/T 35273", version="2020", data_class="identity",
        confidence="primary-quoted",
    )  # fmt: skip
    data = DataSeen(categories=categories, sensitive=(sensitive,), people=People(low=None, high=41_000, method="m"))
    return replace(finding, verdict=replace(finding.verdict, data=data))


def test_kinds_of_data_are_told_with_places_people_and_who_calls_them_sensitive() -> None:
    view = scan_view((with_data(some_findings()[0]), some_findings()[1]), muted={})
    first, second = table(scan_paper(view), "data").rows

    assert first[0].lines == ("identification number, cn resident id",)
    assert first[1].lines[-1] == "and 2 more"
    assert first[2].lines == ("GB/T 35273 (2020): identity",)
    assert first[3].lines == ("at most 41,000",)
    assert second[2].lines == ()


def test_the_proof_says_that_records_were_read_where_they_were() -> None:
    first = some_findings()[0]
    read = replace(first, verdict=replace(first.verdict, data=DataSeen(sampled="4 records were read")))

    assert "Here they were." not in proof_words(scan_view((first,), muted={}))
    assert "dropped. Here they were. Each" in proof_words(scan_view((read,), muted={}))

"""The bench reads what it measures rightly; its figures themselves are printed and never tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.house import address, network
from bench.measured import NO_GOAL, NO_YARDSTICK, Part, Point, Row, compared, not_measured, read, write
from bench.processes import Ran, Series, in_turn, spread, without_failures
from bench.rig import cluster
from bench.rows.elastic import is_right
from bench.rows.watched import most_in_a_second
from bench.scans import counts_in
from bench.table import YARDSTICKS, bench_part, goals_table, growth_table
from bench.yardsticks import TUNED, Nuclei
from leakguard.frozen import replace

pytestmark = pytest.mark.untraced

RAN = Ran(
    wall=1.0, cpu=0.5, peak_mib=20.0, code=0, first_output=None, is_late=False, stdout="", stderr=""
)  # fmt: skip
ROW = compared(work="sweep", yardstick="nmap: 2.00 s", ours="1.00 s", ratio=0.5, most=0.65)
PART = Part(name="sweep", measured_on="2026-11-26", machine="2 cores", runs=5, rows=(ROW,))


def test_the_sum_line_of_a_scan_becomes_numbers() -> None:
    """Also when notes stand round it, a thousands separator in it, or a terminal has wrapped it."""
    said = "1 minute left\nRun R-1: 3 exposed, 1,040 closed,\n2 not checked = 1,045 endpoints\nNot looked at: x\n"

    assert counts_in(said) == {"exposed": 3, "closed": 1040, "not checked": 2, "sum": 1045}


def test_a_scan_that_printed_no_sum_has_no_counts() -> None:
    assert counts_in("leakguard: the scope expired") == {}


def test_contenders_run_in_turn_after_a_round_that_warms_up() -> None:
    order: list[str] = []

    def contender(name: str) -> Ran:
        order.append(name)
        return replace(RAN, wall=float(len(order)))

    series = in_turn({"a": lambda: contender("a"), "b": lambda: contender("b")}, runs=2)

    assert order == ["a", "b", "a", "b", "a", "b"]
    assert [ran.wall for ran in series["a"].runs] == [3.0, 5.0]


def test_a_contender_that_takes_too_long_runs_once() -> None:
    """Its figure is then a lower bound, and says so."""
    series = in_turn({"slow": lambda: replace(RAN, wall=120.0, is_late=True)}, runs=5)

    assert len(series["slow"].runs) == 1
    assert series["slow"].words == "> 120.00 s (1 run)"


def test_a_series_is_told_by_its_median_and_its_ends() -> None:
    series = Series(runs=tuple(replace(RAN, wall=wall, peak_mib=wall) for wall in (3.0, 1.0, 2.0)))

    assert series.words == "2.00 s (1.00-3.00)"
    assert series.peak_mib == 3.0
    assert spread([0.5], "s") == "0.50 s (1 run)"


@pytest.mark.parametrize(("ratio", "is_met"), [(0.65, True), (0.651, False)])
def test_a_ratio_meets_its_goal_up_to_the_edge(ratio: float, is_met: bool) -> None:  # noqa: FBT001  (a parameter of a table)
    row = compared(work="sweep", yardstick="nmap", ours="1 s", ratio=ratio, most=0.65)

    assert row.is_met is is_met


def test_a_row_that_only_helps_to_read_the_others_has_no_goal_and_is_not_counted() -> None:
    alone = replace(ROW, goal=NO_GOAL, is_met=None)

    assert goals_table([alone]).splitlines()[-1].endswith("| - | - |")
    assert "not measured" not in bench_part([replace(PART, rows=(ROW, alone))])


def test_the_table_says_met_not_met_and_not_measured() -> None:
    rows = (ROW, replace(ROW, is_met=False), not_measured("sweep", "<= 1", "nmap is not installed"))

    table = goals_table(rows).splitlines()

    assert [line.rsplit("| ", 1)[1] for line in table[2:]] == ["met |", "**NOT met** |", "not measured |"]


def test_the_growth_curve_gives_no_rate_to_a_run_that_was_ended() -> None:
    points = (
        Point(endpoints=1024, seconds=0.5, peak_mib=40), Point(endpoints=2048, seconds=9, peak_mib=40, is_late=True),
    )  # fmt: skip

    lines = growth_table(points).splitlines()

    assert lines[2:] == ["| 1,024 | 0.50 | 2,048 | 40 |", "| 2,048 | > 9.00 | - | 40 |"]


def test_the_readme_says_when_where_and_how_many_goals_are_met() -> None:
    later = replace(PART, name="growth", measured_on="2026-11-27", rows=(), growth=(
        Point(endpoints=1024, seconds=0.5, peak_mib=40),
    ))  # fmt: skip

    text = bench_part((PART, later))

    assert text.startswith("Measured 2026-11-26 to 2026-11-27 on 2 cores; whole processes, median of 5")
    assert "1 goals met, 0 not met." in text
    assert "| 1,024 | 0.50 | 2,048 | 40 |" in text


def test_work_that_was_not_done_as_a_whole_is_never_quick() -> None:
    row = compared(work="sweep", yardstick="nmap", ours="0.01 s", ratio=0.01, most=0.65, is_whole=False)

    assert row.is_met is False
    assert row.ours == "0.01 s, but not all of the work"


def test_a_yardstick_that_gave_up_is_not_compared() -> None:
    series = {"nmap": Series(runs=(replace(RAN, code=1),)), "ours": Series(runs=(replace(RAN, code=1),))}

    assert without_failures(series, "nmap").keys() == {"ours"}


def test_nothing_is_claimed_before_anything_was_measured() -> None:
    assert bench_part(()) == "Not measured yet."


def test_a_part_that_is_measured_again_takes_the_place_of_its_older_figures(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    growth = Part(
        name="growth", measured_on="2026-11-26", machine="2 cores", runs=5, rows=(),
        growth=(Point(endpoints=1, seconds=1, peak_mib=1),),
    )  # fmt: skip
    write([PART, growth], file)

    again = replace(PART, measured_on="2026-11-28")
    write([again], file)

    assert read(file) == (again, growth)


def test_a_finding_is_right_only_with_its_own_figures() -> None:
    """The neighbour's figures would show a mix-up of answers."""
    wanted = cluster("127.64.0.9")
    finding = {
        "outcome": "exposed", "address": "127.64.0.9", "cluster_id": wanted["cluster_id"],
        "size": {"records": wanted["records"], "bytes": wanted["bytes"]},
    }  # fmt: skip

    assert is_right(finding)
    assert not is_right({**finding, "address": "127.64.0.10"})
    assert not is_right({**finding, "size": None})
    assert not is_right({**finding, "outcome": "inconclusive"})


def test_the_fullest_second_is_found_wherever_it_begins() -> None:
    assert most_in_a_second([0.0, 0.9, 1.1, 1.2, 1.85, 5.0]) == 4
    assert most_in_a_second([]) == 0


def test_networks_and_addresses_of_the_rig() -> None:
    assert network("127.32.0.0", 65_536) == "127.32.0.0/16"
    assert address("127.80.0.250", 10) == "127.80.1.4"


def test_rows_are_kept_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    unmeasured: Row = not_measured("sweep", "<= 1", "nmap is not installed")
    write([replace(PART, rows=(ROW, unmeasured))], file)

    assert read(file)[0].rows == (ROW, unmeasured)


def test_a_row_whose_yardstick_did_not_run_says_so_and_compares_nothing() -> None:
    row = not_measured("sweep", "<= 1", "1.00 s; nmap is not here")

    table = goals_table([row]).splitlines()[-1]

    assert NO_YARDSTICK in table
    assert table.endswith("| not measured |")


def test_no_kept_figure_is_taken_from_another_machine() -> None:
    """A published figure, scaled or not, was measured on other hardware; only what ran beside us is a yardstick."""
    for part in read():
        for row in part.rows:
            assert "published" not in row.yardstick, row.work
            assert "here:" not in row.figure, row.work


def test_the_table_explains_what_a_missing_yardstick_means() -> None:
    assert YARDSTICKS in bench_part([PART])


def test_nmap_is_spared_the_printing_of_closed_ports() -> None:
    """Its quickest way: whoever compares with a slower one flatters itself."""
    assert "--open" in TUNED


def test_what_nuclei_reports_is_counted_once_a_target() -> None:
    said = "[elasticsearch-open] [http] [high] http://127.64.0.1:9200/_cat/indices?format=json\n"
    ran = replace(RAN, stdout=said * 2 + "[other] [http] [info] http://127.64.0.2\n")

    assert Nuclei(program="nuclei").found(ran) == 1

"""The bench reads what it measures rightly; its figures themselves are printed and never tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.house import address, network
from bench.measured import NO_GOAL, Beside, Part, Point, Row, calibration, compared, not_measured, read, write
from bench.processes import Ran, Series, in_turn, spread, without_failures
from bench.rig import cluster
from bench.rows.elastic import is_right
from bench.rows.watched import most_in_a_second
from bench.scans import counts_in
from bench.table import CALIBRATED, bench_part, beside_table, goals_table, growth_table
from bench.yardsticks import NMAP_CLOSED, machine_factor
from leakguard.frozen import replace

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


def test_published_figures_stand_beside_ours_with_their_date() -> None:
    beside = Beside(work="sweep", peer="naabu", published="4.53 s", ours="0.60 s", ratio=0.1325)

    text = bench_part((replace(PART, beside=(beside,)),))

    assert "as published on 2026-11-24" in text
    assert "| sweep | naabu | 4.53 s | 0.60 s | 0.133 |" in text


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
        beside=(Beside(work="sweep", peer="naabu", published="4.53 s", ours="0.60 s", ratio=0.1325),),
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


def test_a_published_figure_is_told_as_it_would_be_on_this_machine() -> None:
    """By nmap alone, which ran here: one that needs twice its published time tells of a machine half as fast."""
    assert machine_factor(2 * NMAP_CLOSED) == 2.0
    assert calibration(10.0, 5.0, 2.0) == "20 s here: 0.25"
    assert calibration(10.0, 5.0, None) == ""


def test_the_goal_is_judged_by_the_published_figure_as_it_is() -> None:
    row = compared(work="w", yardstick="y", ours="o", ratio=0.5, most=0.3, calibrated=calibration(10.0, 5.0, 2.0))

    assert row.is_met is False
    assert "| 0.5 | 20 s here: 0.25 | <= 0.3 of its time | **NOT met** |" in goals_table([row])
    assert CALIBRATED in bench_part([replace(PART, rows=(row,))])
    assert CALIBRATED not in bench_part([PART])


def test_a_peer_that_stands_beside_is_compared_in_both_ways() -> None:
    beside = Beside(work="w", peer="p", published="1 s", ours="2 s", ratio=2.0)

    assert beside_table([beside]).endswith("| 2 | - |")
    assert beside_table([replace(beside, factor=2.0)]).endswith("| 2 | 1 |")

"""`leakguard drill` as a user types it."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.cli.drill.stage import DrillOptions, load_scenario, prepare
from leakguard.cli.main import run
from leakguard.errors import ExitCode, FileLost
from leakguard.use_cases.drills.kept_scorecards import MARK
from leakguard.wiring import Wiring
from support.drills import SHORT
from support.full_disk import no_room

pytestmark = pytest.mark.long


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario of one's own."""
    (tmp_path / "short.yaml").write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_drill_prints_its_scorecard_and_keeps_everything(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["--no-color", "drill", "run", "short.yaml", "--keep", "played"])
    said = capsys.readouterr()
    kept = json.loads((home / "played" / "scorecard.json").read_text("utf-8"))

    assert code == ExitCode.CLEAN
    assert said.out.startswith("[DRILL] Four hours before a limit")
    for words in (
        "MET LATE by 17 min 30 s",
        "2 d 22 h to spare",
        "FORGOTTEN",
        "the ledger verifies",
    ):
        assert words in said.out
    assert "DRILL Wed 2026-05-20 08:30 +02:00  system_owner: reads yesterday's mail" in said.err
    assert {line[:5] for line in said.err.splitlines()} == {"DRILL"}
    assert (kept["schema"], kept["drill"]) == ("leakguard.drill/1", True)
    alarms = [json.loads(line) for line in (home / "played" / "drill-alarms.txt").read_text("utf-8").splitlines()]
    assert {alarm["drill"] for alarm in alarms} == {True}
    assert {path.name for path in home.iterdir()} == {"short.yaml", "played"}


def test_the_store_of_a_drill_is_one_whole_file(home: Path) -> None:
    """Whoever takes `leakguard.db` elsewhere takes the drill with it; it lay in a second file beside it."""
    assert run(["-q", "drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN

    assert {path.name for path in (home / "played").glob("*.db*")} == {"leakguard.db", "leakguard.db.head"}


def test_the_folder_of_a_drill_can_be_looked_at_by_hand(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["-q", "drill", "run", "short.yaml", "--keep", "played", "--format", "json"])
    card = json.loads(capsys.readouterr().out)
    monkeypatch.chdir(home / "played")
    code = run(
        ["-q", "clock", "list", "--incident", card["incident"]["id"], "--now", card["ended_at"], "--format", "json"]
    )
    shown = {one["id"]: one["state"] for one in json.loads(capsys.readouterr().out)["clocks"]}

    assert code == ExitCode.DEADLINE_MISSED
    assert {one["clock"]: one["state"] for one in card["clocks"]}.items() <= shown.items()


def test_a_folder_whose_disk_was_full_at_the_beginning_is_still_a_drills_own(home: Path) -> None:
    """Half of its settings made it somebody else's."""
    with closing(Wiring.from_environment()) as wiring:
        options = DrillOptions(scenario=load_scenario(wiring, "short.yaml"))

    with no_room(), pytest.raises(FileLost):
        prepare(home / "played", options)
    assert list((home / "played").iterdir()) == []
    prepare(home / "played", options)

    assert (home / "played" / "leakguard.toml").read_text("utf-8").startswith(MARK)


def test_the_same_folder_goes_on_with_the_same_drill_only(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN
    assert run(["drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN
    (home / "short.yaml").write_text(SHORT.replace("version: 1", "version: 2"), encoding="utf-8")
    assert run(["drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.USAGE
    assert "something else than this drill" in capsys.readouterr().err
    assert run(["drill", "run", "short.yaml", "--keep", "."]) == ExitCode.USAGE
    assert "is not empty" in capsys.readouterr().err
    assert run(["drill", "run", "short.yaml", "--keep", "short.yaml/x"]) == ExitCode.USAGE
    assert "cannot be used" in capsys.readouterr().err


def test_what_if_we_had_known_earlier_shows_both_cards(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["-q", "--no-color", "drill", "run", "short.yaml", "--known-earlier", "PT20M", "--keep", "two"])
    table = capsys.readouterr().out
    run(["-q", "drill", "run", "short.yaml", "--known-earlier", "PT20M", "--format", "json"])
    both = json.loads(capsys.readouterr().out)

    assert code == ExitCode.CLEAN
    assert "KNOWN 20 min EARLIER" in table
    assert "MET LATE by 17 min 30 s" in table
    assert "met, 2 min 30 s to spare" in table
    assert [both[name]["counts"]["missed"] for name in ("as_it_was", "known_earlier")] == [1, 0]
    assert (home / "two" / "known-earlier" / "scorecard.json").exists()


def test_a_moment_of_knowing_that_is_too_early_is_refused_before_anything_is_played(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["drill", "run", "short.yaml", "--known-earlier", "PT900H", "--keep", "both"])

    assert code == ExitCode.USAGE
    assert "nobody could have known of it 37 d 12 h earlier" in capsys.readouterr().err
    assert not (home / "both").exists()


def test_two_drills_do_not_share_a_store(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["drill", "run", "short.yaml", "--known-earlier", "PT5M", "--store", str(home / "a.db")]

    assert run(words) == ExitCode.USAGE
    assert "two drills need two stores" in capsys.readouterr().err


def test_a_drill_may_keep_its_records_in_another_store(home: Path) -> None:
    assert (
        run(["-q", "drill", "run", "short.yaml", "--keep", "played", "--store", str(home / "a.db")]) == ExitCode.CLEAN
    )
    assert (home / "a.db").exists()
    assert not (home / "played" / "leakguard.db").exists()


@pytest.mark.parametrize("has_entries", [False, True])
def test_a_drill_leaves_the_store_of_the_environment_alone(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, has_entries: bool
) -> None:
    """In a container the variable names the real store: the drill was recorded there, for good."""
    if has_entries:
        assert run(["-q", "--store", "real.db", "incident", "open", "--title", "real"]) == ExitCode.CLEAN
    before = (home / "real.db").read_bytes() if has_entries else None
    monkeypatch.setenv("LEAKGUARD_STORE", str(home / "real.db"))

    assert run(["drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN
    assert (home / "played" / "leakguard.db").exists()
    assert ((home / "real.db").read_bytes() if has_entries else None) == before
    monkeypatch.chdir(home / "played")
    capsys.readouterr()
    assert run(["incident", "list"]) == ExitCode.CLEAN
    said = capsys.readouterr()
    assert "Four hours before a limit" in said.out
    assert "LEAKGUARD_STORE does not count in a drill." in said.err


def test_a_drill_that_goes_on_is_not_moved_to_another_store(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-q", "drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN

    assert run(["drill", "run", "short.yaml", "--keep", "played", "--store", str(home / "a.db")]) == ExitCode.USAGE
    assert "has another store" in capsys.readouterr().err
    assert not (home / "a.db").exists()


def test_a_store_elsewhere_that_is_no_drills_is_named_before_anything_is_recorded_in_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drill's watchman settled real alerts into the drill's file, and an event was recorded at an invented time."""
    assert run(["-q", "incident", "open", "--title", "real"]) == ExitCode.CLEAN
    assert run(["-q", "drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN
    (home / "other").mkdir()
    (home / "other" / "leakguard.toml").write_text("drill = true\n", encoding="utf-8")
    monkeypatch.chdir(home / "other")
    capsys.readouterr()
    at = ("--now", "2027-01-05T10:00Z", "incident", "list")
    said = []
    for store in ("../leakguard.db", "../played/leakguard.db", "../new.db"):
        run(["-q", "--store", store, *at])
        said.append("does not begin with a drill" in " ".join(capsys.readouterr().err.split()))

    assert said == [True, False, False]


def test_fast_time_ends_with_the_same_card(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Five hours in a hundredth of a second; time stands still while the program works."""
    run(["-q", "drill", "run", "short.yaml", "--speed", "1000000", "--format", "json"])
    fast = json.loads(capsys.readouterr().out)

    assert home.exists()
    assert fast["steps"] == {"done": 7, "count": 11}
    assert fast["ledger"]["is_whole"]


def test_interactively_each_role_is_asked(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commander answers nonsense first, puts it off, and is asked again; the rest goes as written."""
    answers = iter(["soon", "PT30M", ""])
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        if "take_command" in question or "Lead, call" in question:
            return next(answers, "")
        if "What made us certain" in question:
            return "a phone call"
        if "at least" in question:
            return "12"
        if "Categories" in question:
            return "contact.email, credentials"
        return "-" if "Put the service back" in question else ""

    monkeypatch.setattr("click.prompt", prompt)
    code = run(["-q", "drill", "run", "short.yaml", "--interactive", "--keep", "played", "--format", "json"])
    said = capsys.readouterr()
    card = json.loads(said.out)
    owner = next(one for one in card["roles"] if one["role"] == "system_owner")

    assert code == ExitCode.CLEAN
    assert (home / "played" / "scorecard.json").exists()
    assert any(re.match(r"DRILL Wed 2026-05-20 \d\d:\d\d \+02:00  commander \(Ada\): Lead, call", one) for one in asked)
    assert "Press Enter alone, write a length of hours and minutes such as PT30M or PT2H, or -" in said.err
    assert owner["left_out"] == ["recover"]
    assert next(answers, "none left") == "none left"


def test_whoever_ignores_the_alarms_of_a_clock_is_asked_once(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm that nobody takes over comes again and again: a team that ignores it was asked a thousand times."""
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return "--" if "takes over the alert" in question else ""

    monkeypatch.setattr("click.prompt", prompt)
    assert run(["drill", "run", "short.yaml", "--interactive", "--keep", "played"]) == ExitCode.CLEAN
    said = capsys.readouterr()
    alarms = [one.partition("takes over the alert")[2].partition("\n")[0] for one in asked if "the alert" in one]

    assert alarms
    assert len(alarms) == len(set(alarms))
    assert "0 taken over" in said.out
    assert (home / "played" / "scorecard.json").exists()
    assert "DRILL: as it stood at the end, in the folder below: leakguard --now 2026-" in said.err


def test_a_drill_that_is_stopped_can_go_on(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.prompt", interrupted)
    code = run(["drill", "run", "short.yaml", "--interactive", "--keep", "played"])
    monkeypatch.undo()
    monkeypatch.chdir(home)

    assert code == ExitCode.UNFINISHED
    assert run(["-q", "drill", "run", "short.yaml", "--keep", "played"]) == ExitCode.CLEAN
    assert "verifies" in capsys.readouterr().out


def test_list_and_show_tell_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    run(["drill", "list"])
    listed = capsys.readouterr().out
    run(["drill", "list", "--format", "json"])
    names = [one["scenario"] for one in json.loads(capsys.readouterr().out)["scenarios"]]
    run(["drill", "show", "university-2019"])
    shown = capsys.readouterr().out
    run(["drill", "show", "university-2019", "--format", "json"])
    whole = json.loads(capsys.readouterr().out)["scenario"]

    assert "university-2019, version 1: A university's mail log is open to the internet" in listed
    assert len(names) >= 13
    for words in ("8.4 TB and 9.5 billion rows", "[unknown: no source says", "not read", "invented: ", "Chen Jing"):
        assert words in shown
    assert whole["scenario"] == "university-2019"


def test_an_unknown_scenario_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drill", "run", "university-2091"]) == ExitCode.USAGE
    assert "did you mean `university-2019`?" in capsys.readouterr().err

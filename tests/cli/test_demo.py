"""The demo plays the whole story, reads no record on the way, and its store verifies whenever it is killed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from leakguard.cli.demo.stage import Stage
from leakguard.cli.demo.story import STORY, Step
from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.demolab.asks import Sort
from leakguard.demolab.lab import DemoLab
from leakguard.errors import NotAllowed
from leakguard.settings import Settings
from leakguard.wiring import Wiring

pytestmark = [pytest.mark.untraced, pytest.mark.enable_socket]


class ObservedWiring(Wiring):
    """The machine's own adapters, with a lab that can be asked afterwards what it was asked."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.lab = DemoLab()

    def demo_lab(self) -> DemoLab:
        """Always the same lab."""
        return self.lab


@dataclass
class ObservedContext(Context):
    """The command as a user has it, with that wiring."""

    observed: ObservedWiring = field(default_factory=ObservedWiring)

    @cached_property
    def wiring(self) -> Wiring:
        """The one whose lab can be asked."""
        return self.observed


def play(folder: Path, story: tuple[Step, ...], *, is_full: bool = False) -> int:
    wiring = ObservedWiring()
    with Stage(folder=folder, wiring=wiring, is_plain=True, is_full=is_full) as stage:
        return stage.play(story)


def test_what_the_machine_lacks_something_for_is_done_in_another_way(tmp_path: Path) -> None:
    """Without a Chinese font the demo of whoever installed LeakGuard stopped at the first Chinese PDF, with code 3."""
    init = "scope init --organisation Example --contact a@example.org --approved-by CISO"
    story = (Step(at="2026-05-24T10:00+08:00", command="scope show", otherwise=init),)

    assert play(tmp_path, story) == 0
    assert (tmp_path / "scope.yaml").exists()


def test_each_chinese_pdf_of_the_demo_has_another_way() -> None:
    letters = [step for step in STORY if "--lang zh --as pdf" in step.command]

    assert letters
    assert [step.otherwise for step in letters] == [
        step.command.replace("--as pdf", "--as docx").replace(".zh.pdf", ".zh.docx") for step in letters
    ]


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_the_demo_plays_the_main_job_to_its_end_in_full_or_on_a_few_screens(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    context = ObservedContext()
    code, lab = run(["--no-color", "demo", "--keep", str(tmp_path), *options], context), context.observed.lab

    told = capfd.readouterr()
    assert code == 0, told.err
    assert "9.5 billion" in told.out
    assert "8.4 TB" in told.out
    assert "+1.4 TB" in told.out
    assert "decoy (ours)" in told.out if options else is_short_with_every_command_to_copy(told.out)
    assert "met on time" in told.out
    assert "The ledger verifies" in told.out
    letters = sorted(path.name for path in (tmp_path / "letters").iterdir())
    assert len(letters) == 5
    assert all(path.stat().st_size > 1000 for path in (tmp_path / "letters").iterdir())
    for sort in (Sort.READS_RECORDS, Sort.WRITES, Sort.LOGS_IN):
        assert lab.asked(sort) == ()
    canary = lab.canary.encode()
    assert canary not in (told.out + told.err).encode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and canary in path.read_bytes()]


def is_short_with_every_command_to_copy(told: str) -> bool:
    """It printed 1,489 lines, of which nobody read the thousandth."""
    lines = told.splitlines()
    typed = [line for line in lines if line.startswith("$ leakguard --now ")]
    milestones = ("9.5 billion", "IR-2026-0001 opened", "left ", "duties apply", "closed  ", "The ledger verifies")
    assert len(lines) <= 150
    assert len(typed) >= sum(bool(step.command) for step in STORY)
    assert all(any(words in line for line in lines) for words in milestones)
    assert any("more lines" in line for line in lines)
    return "  leakguard demo --full" in lines


def test_of_a_long_output_the_story_has_what_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    init = "scope init --organisation Example --contact a@example.org --approved-by CISO --include 127.0.0.1"
    show = Step(at="2026-05-24T10:00+08:00", command="scope show", about="^owner|^limits", shows=5)

    assert play(tmp_path, (Step(at="2026-05-24T10:00+08:00", command=init), show)) == 0
    told = capfd.readouterr().out.split("scope show\n")[1].splitlines()
    assert [line.split()[0] for line in told[:3]] == ["owner", "limits", "..."]


def test_a_step_that_ends_unexpectedly_stops_the_story(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = play(tmp_path, (Step(at="2026-05-23T10:00Z", command="incident show IR-2026-0009"),))

    assert code == 3
    assert "The demo stops here" in capfd.readouterr().err


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    assert run(["demo", "--keep", str(tmp_path)]) == 2
    assert "not empty" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")

    assert run(["demo", "--keep", str(tmp_path / "file" / "inside")]) == 2
    assert "cannot be used" in capfd.readouterr().err


@dataclass
class NoLabContext(Context):
    """A machine on which the demo's servers cannot start."""

    @cached_property
    def wiring(self) -> Wiring:
        """All but the lab."""
        return NoLabWiring(Settings())


class NoLabWiring(Wiring):
    def demo_lab(self) -> DemoLab:
        """There is none."""
        raise NotAllowed("no server may listen here", next_step="Try another machine.")


def test_without_a_folder_the_demo_makes_one_before_its_lab_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)

    assert run(["demo"], NoLabContext()) == 2
    (made,) = tmp_path.glob("leakguard-demo-*")
    assert (made / "leakguard.toml").exists()


def test_simulated_time_is_refused_outside_a_drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of a real incident never tells a time that was made up."""
    monkeypatch.chdir(tmp_path)

    assert run(["--now", "2026-05-23T10:00Z", "incident", "list"]) == 2

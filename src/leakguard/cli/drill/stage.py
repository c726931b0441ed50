"""The folder of a drill: settings of its own, its own store, and channels that end in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leakguard.cli.writing import replace_file
from leakguard.drills.scenario_file import parse_scenario
from leakguard.drills.scorecard import Scorecard
from leakguard.drills.shapes import Scenario
from leakguard.drills.times import begins_at
from leakguard.errors import UsageProblem
from leakguard.files.opening import read_text
from leakguard.frozen import Frozen, replace
from leakguard.ledger.verification_result import Answer
from leakguard.models.file_modes import Output, folder_mode
from leakguard.settings import FILE, read_settings
from leakguard.use_cases.alerts.time_sources import PacedTime, SteppedTime
from leakguard.use_cases.drills.drill_play import HOLDER, time_of
from leakguard.use_cases.drills.drill_scenarios import find_scenario, known_names
from leakguard.use_cases.drills.drill_stage import Decide, Stage, Tell, drill_rules
from leakguard.use_cases.drills.kept_scorecards import MARK
from leakguard.use_cases.proofs.evidence import verify_store

if TYPE_CHECKING:
    from leakguard.models.people import Recorder
    from leakguard.wiring import Wiring

DEPUTY_AFTER = "PT15M"


class DrillOptions(Frozen):
    """How somebody wants to play."""

    scenario: Scenario
    store: str | None = None
    """A database elsewhere; by default a file in the drill's folder."""
    speed: float | None = None
    """Simulated seconds a second; `None` jumps from moment to moment."""
    earlier: timedelta = timedelta(0)


def load_scenario(wiring: Wiring, name: str) -> Scenario:
    """A scenario that ships, or the one in a file; raises `BadFile` and `NotFound`."""
    known = known_names(wiring.bundled, wiring.duties())
    if "/" in name or (Path(name).exists() and not Path(name).is_dir()):
        return parse_scenario(read_text(name), name=name, known=known)
    return find_scenario(wiring.bundled, name, known)


def prepare(folder: Path, options: DrillOptions) -> None:
    """Make `folder` a drill's own; raises `UsageProblem` for one that holds anything else."""
    settings = folder / FILE
    try:
        folder.mkdir(mode=folder_mode(), parents=True, exist_ok=True)
        if settings.exists() and read_text(str(settings)).startswith(MARK):
            _refuse_another_store(folder, options)
            return
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise UsageProblem(f"{folder} cannot be used: {error.strerror}", next_step="Choose another folder.") from error
    if not is_empty:
        raise UsageProblem(f"{folder} is not empty", next_step="Choose a new folder, or one of an unfinished drill.")
    replace_file(str(settings), _settings(options), Output.CONFIGURATION)


def _refuse_another_store(folder: Path, options: DrillOptions) -> None:
    """A drill that goes on does so where it is."""
    kept = read_settings(folder=folder).store
    if options.store is not None and options.store != kept:
        raise UsageProblem(f"the drill in {folder} has another store", next_step="Leave --store out to go on with it.")


def _settings(options: DrillOptions) -> str:
    """The settings file: commands that are typed in the folder afterwards see the same clocks."""
    scenario = options.scenario
    laws = (
        {*scenario.laws, *(law for inject in scenario.injects.values() for law in inject.laws)} if scenario.laws else ()
    )
    lines = [
        f'store = "{options.store or "leakguard.db"}"', f'zone = "{scenario.zone}"', "drill = true",
        f'laws = "{", ".join(sorted(laws))}"', f'obligated_as = "{", ".join(scenario.obligated_as)}"',
    ]  # fmt: skip
    first, second = _first_notified(scenario)
    for role in (first, second):
        lines += ["", "[[channel]]", f'name = "{role}"', 'kind = "file"', 'path = "drill-alarms.txt"']
    levels = f'levels = [{{role = "{first}"}}, {{role = "{second}", after = "{DEPUTY_AFTER}"}}]'
    return MARK + "\n".join(
        [*lines, "", "[escalation]", levels, f'roles = {{{first} = ["{first}"], {second} = ["{second}"]}}', ""]
    )


def _first_notified(scenario: Scenario) -> tuple[str, str]:
    """Who hears of alarms first, and who a quarter of an hour later."""
    first = scenario.acknowledges.by if scenario.acknowledges is not None else next(iter(scenario.cast))
    others = [role for role in ("commander", "dpo", *scenario.cast) if role in scenario.cast and role != first]
    return first, next(iter(others), "nobody")


@contextmanager
def on_stage(
    folder: Path, options: DrillOptions, *, recorder: Recorder | None = None, decide: Decide | None = None, tell: Tell
) -> Iterator[tuple[Stage, Wiring]]:
    """The drill in `folder`, which is the working directory meanwhile, and the wiring that it is played with."""
    from leakguard.wiring import Wiring  # noqa: PLC0415  (the settings of the folder, not of the caller)

    prepare(folder, options)
    with chdir(folder):
        wiring = Wiring(read_settings(), simulated_now=begins_at(options.scenario))
        wiring.recorder = recorder or wiring.recorder
        start = time_of(wiring.store, begins_at(options.scenario))
        paced = PacedTime(wiring.system_time, start=start, speed=options.speed) if options.speed is not None else None
        wiring.time = paced or SteppedTime(start)
        try:
            yield _stage(wiring, options, decide, tell), wiring
        finally:
            wiring.close()


def _stage(wiring: Wiring, options: DrillOptions, decide: Decide | None, tell: Tell) -> Stage:
    book = wiring.duties()
    rules = drill_rules(wiring.bundled, options.scenario, book)
    stage = Stage(
        store=wiring.store, folders=wiring.bundled, book=book, scenario=options.scenario,
        time=wiring.time, watchman=replace(wiring.watchman(), rules=rules, holder=HOLDER), earlier=options.earlier,
        kept=wiring.kept_files(), tell=tell, is_stopped=lambda: wiring.system_time.is_stopped,
    )  # fmt: skip
    return stage if decide is None else replace(stage, decide=decide)


def with_ledger(card: Scorecard, wiring: Wiring) -> Scorecard:
    """The card with what its ledger says about itself."""
    head = wiring.store.witnessed_head()
    words = f"entry {head.sequence}, {head.hash[:16]}" if head is not None else ""
    return replace(card, ledger=words, is_whole=verify_store(wiring.store).answer is not Answer.MISMATCH)

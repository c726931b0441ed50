"""Scenarios in use: which there are, and one of them by its name or in a file of one's own."""

from __future__ import annotations

from leakguard.drills.scenario_file import KnownNames, parse_scenario
from leakguard.drills.shapes import Scenario
from leakguard.errors import NotFound
from leakguard.files.names import nearest_name
from leakguard.notices.book import DutyBook
from leakguard.notices.filings import stages_of
from leakguard.ports import DataFolders
from leakguard.use_cases.incidents.playbooks import list_playbooks

FOLDER = "scenarios"


def known_names(folders: DataFolders, book: DutyBook) -> KnownNames:
    """What a scenario may refer to: playbooks and duties that are here; raises `BadFile` for one of those."""
    return KnownNames(
        playbooks={list_playbook.playbook: list_playbook for list_playbook in list_playbooks(folders)},
        stages={duty.id: stages_of(duty) for duty in book.duties},
    )


def list_scenarios(folders: DataFolders, known: KnownNames) -> tuple[Scenario, ...]:
    """Every scenario that ships; raises `BadFile`."""
    names = folders.names(FOLDER)
    return tuple(parse_scenario(folders.text(FOLDER, name), name=name, known=known) for name in names)


def find_scenario(folders: DataFolders, name: str, known: KnownNames) -> Scenario:
    """The scenario of this name, or in the file of this name; raises `NotFound` with the nearest."""
    found = {list_scenario.scenario: list_scenario for list_scenario in list_scenarios(folders, known)}
    wanted = name.removesuffix(".yaml").replace("_", "-")
    if wanted in found:
        return found[wanted]
    near = nearest_name(wanted[:60], list(found))
    hint = f" (did you mean `{near}`?)" if near else ""
    raise NotFound(f"there is no scenario `{name[:60]}`{hint}", next_step="List them: leakguard drill list")

"""The scenarios that ship, played to their ends; all of them with `make kills`, which has the time."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from support.drills import Drill, materials

pytestmark = pytest.mark.long

FEW = ("gdpr-blackmail-2020",)
IS_DEEP = int(os.environ.get("LEAKGUARD_KILLS", "0")) >= 100
NAMES = [name.removesuffix(".yaml").replace("_", "-") for name in materials().folders.names("scenarios")]


@pytest.mark.parametrize("name", NAMES if IS_DEEP else FEW)
def test_a_scenario_is_played_to_its_end(tmp_path: Path, name: str) -> None:
    """Nothing that the script says is refused by the tool, and somebody meets a clock."""
    text = materials().folders.text("scenarios", f"{name.replace('-', '_')}.yaml")
    drill = Drill(place=str(tmp_path / f"{name}.db"), text=text)
    with closing(drill.world.store):
        card = drill.play().card()

        assert card.steps_done > 0
        assert [one.refused for one in card.roles if one.refused] == []
        assert card.counts["met"] > 0


def test_the_university_was_late_by_one_source_and_in_time_by_another(tmp_path: Path) -> None:
    """The notice came on 22 May, or a day later: the verdict on the 24 hours hangs on it, and the card says so."""
    text = materials().folders.text("scenarios", "university_2019.yaml")
    drill = Drill(place=str(tmp_path / "university.db"), text=text)
    with closing(drill.world.store):
        card = drill.play().card()
    remediate = next(one for one in card.clocks if one.clock == "remediate")
    people = next(one for one in card.roles if one.role == "communicator")

    assert (remediate.state, remediate.is_certain) == ("met_late", False)
    assert people.forgotten_steps == ("tell_people",)
    assert not {one.clock for one in card.clocks} & {"cn-pipl-57-authority.initial", "cn-cac-incident-general.initial"}
    assert next(one for one in card.clocks if one.clock == "eu-gdpr-33-authority.initial").is_missed

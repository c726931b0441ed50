"""The playbooks ask about transfers abroad: recipients, pauses, and what may not leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.each import for_each

pytestmark = pytest.mark.untraced

FOLDER = Path(__file__).parents[2] / "playbooks"
PLAYBOOKS = sorted(path.name for path in FOLDER.glob("*.yaml"))


def steps_of(name: str) -> Any:  # noqa: ANN401  (as YAML gives them)
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))["steps"]


@for_each("name", PLAYBOOKS)
def test_every_playbook_asks_what_went_abroad_and_holds_evidence_until_counsel_agrees(name: str) -> None:
    steps = steps_of(name)
    asked = [line for step in steps.values() for line in step.get("do", ())]
    forbidden = [line for step in steps.values() for line in step.get("do_not", ())]

    assert any("leakguard outbound incident outbound.yaml --registered" in line for line in asked)
    assert any("--to-country" in line and "counsel" in line for line in forbidden)


def test_the_playbook_for_a_processor_asks_whether_transfers_to_it_pause() -> None:
    steps = steps_of("processor_incident.yaml")

    assert any("whether transfers to it pause" in line for line in steps["cut_off"]["do"])

"""What a release told of each duty: recipient, the time of each stage, the facts and the figures of its trigger.

When a release is made, keep what it tells, and begin the next entries of `duties/changes/releases.yaml` against it:

    PYTHONPATH=src:tests .venv/bin/python tests/kept/duties_told.py > tests/kept/duties-DATE.json
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.notices.book import load_duties
from leakguard.notices.duties import Duty

FIGURES = ("at_least", "more_than", "at_most", "less_than")


def told(duty: Duty) -> dict[str, Any]:
    """The parts of one duty whose change moves a limit, a filing or the answer."""
    return {
        "recipient": [duty.recipient.type, duty.recipient.name],
        "deadline": {phase.name: [_amount(limb) for limb in phase.clock.limbs] for phase in duty.phases},
        "anchor": {phase.name: [str(limb.anchor) for limb in phase.clock.limbs] for phase in duty.phases},
        "threshold": sorted(_figures(duty)),
        "trigger": sorted(_facts(duty)),
    }


def told_of(duties: Iterable[Duty]) -> dict[str, dict[str, Any]]:
    """By id."""
    return {duty.id: told(duty) for duty in sorted(duties, key=lambda one: one.id)}


def _amount(limb: Any) -> dict[str, Any]:  # noqa: ANN401  (a limb of a clock)
    found: dict[str, Any] = limb.amount.model_dump(mode="json", exclude_none=True)
    return found


def _figures(duty: Duty) -> list[str]:
    """`subject_count at_least 1000`; whether there is anybody at all is no figure of a law."""
    leaves = list(duty.trigger.rule.leaves())
    found = ((leaf.fact or leaf.residents, name, leaf.part(name)) for leaf in leaves for name in FIGURES)
    return [f"{what} {name} {figure}" for what, name, figure in found if figure is not None and (name, figure) != ONE]


def _facts(duty: Duty) -> set[str]:
    """What has to be known of an incident before the trigger and the exemptions give an answer."""
    rules = (duty.trigger.rule, *(one.when for one in duty.exemptions if one.when is not None))
    return {leaf.fact for rule in rules for leaf in rule.leaves() if leaf.fact}


ONE = ("at_least", 1)


if __name__ == "__main__":
    print(json.dumps(told_of(load_duties(BundledFiles()).duties), ensure_ascii=False, indent=1))  # noqa: T201  (a script)

"""Explaining: which rule of a check decided."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import ANSWERED
from leakguard.checks.views import view_of
from leakguard.models.observations import Observation


def deciding_rule(definition: CheckDefinition, observation: Observation) -> int | None:
    """The number of the rule that `judge` applies, counted from one.

    Nothing where no rule was asked, since the first question got no answer, or where none holds.
    """
    first = observation.replies.get(definition.probe.requests[0].id)
    if first is None or first.ended not in ANSWERED:
        return None
    view = view_of(definition, observation.replies)
    return next((number for number, rule in enumerate(definition.rules, 1) if rule.when.holds_for(view)), None)

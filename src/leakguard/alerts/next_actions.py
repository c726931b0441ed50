"""The command that moves a clock towards its end, for people who get an alert and have no time to search."""

from __future__ import annotations

import shlex

from leakguard.clocks.rules import ClockRule

FILED = "filed"


def next_action(incident: str, rule: ClockRule, *, is_response_started: bool) -> str:
    """The letter where a notice ends the clock, else the next step of the response, which may have to be started.

    A clock that no event ends is explained.
    """
    ending = rule.ending
    if ending is None:
        return f"leakguard clock why --incident {incident} {shlex.quote(rule.id)}"
    duties = ending.values_of("obligation")
    if FILED in ending.kinds and len(duties) == 1:
        stages = ending.values_of("stage")
        stage = f" --stage {shlex.quote(next(iter(stages)))}" if len(stages) == 1 else ""
        duty = shlex.quote(next(iter(duties)))
        return f"leakguard notice draft facts.yaml --incident {incident} --duty {duty}{stage}"
    return f"leakguard playbook {'next' if is_response_started else 'start'} {incident}"

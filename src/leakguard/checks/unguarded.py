"""A check as it is asked where it found a store open before and something now guards the front page: without doubts."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.models.findings import Outcome


def unguarded(definition: CheckDefinition) -> CheckDefinition:
    """The same check, which asks all that it can ask, and no longer whether it is this product that answers.

    What the product is was learnt when it was found open. Whoever guards its front page alone has closed nothing.
    """
    stated, probe = definition.stated, definition.stated["probe"]
    requests = [{name: part for name, part in each.items() if name != "only_if"} for each in probe["requests"]]
    rules = [rule for rule in stated["rules"] if rule["then"] != Outcome.NOT_APPLICABLE]
    return CheckDefinition({**stated, "probe": {**probe, "requests": requests}, "rules": rules})

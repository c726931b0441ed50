"""A check for a place where it once found a store open, and whose front page is now guarded: it sends every request."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.models.findings import Outcome


def without_product_test(definition: CheckDefinition) -> CheckDefinition:
    """The same check, which sends every request without testing first whether this product answers.

    An earlier run recognised the product when it found it open. Who guards the front page alone has closed nothing.
    """
    stated, probe = definition.stated, definition.stated["probe"]
    requests = [{name: part for name, part in each.items() if name != "only_if"} for each in probe["requests"]]
    rules = [rule for rule in stated["rules"] if rule["then"] != Outcome.NOT_APPLICABLE]
    return CheckDefinition({**stated, "probe": {**probe, "requests": requests}, "rules": rules})

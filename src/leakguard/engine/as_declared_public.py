"""Open tables that the scope declares as meant for strangers: they count as open by design, not as exposed."""

from __future__ import annotations

from collections.abc import Collection

from leakguard.engine.examination import CheckResult
from leakguard.frozen import replace
from leakguard.models.findings import Access, Outcome, ReasonCode, Severity
from leakguard.scanning.diff import OPEN

AS_DECLARED = "the scope declares it as meant for strangers, and strangers can read it"


def as_declared_public(item: CheckResult, public: Collection[str]) -> CheckResult:
    """The item, not applicable if its open table is declared.

    It is unchanged if the name of a field, or a sampled value, shows any kind of data that `sensitivity` knows.
    """
    verdict = item.verdict
    if not item.definition.by_name or item.bucket not in public or verdict.outcome not in OPEN:
        return item
    if verdict.data is not None and any(category.by in {"field_name", "value"} for category in verdict.data.categories):
        return item
    public_verdict = replace(
        verdict, outcome=Outcome.NOT_APPLICABLE, access=Access.NONE, severity=Severity.NONE, reason=AS_DECLARED,
        reason_code=ReasonCode.PUBLIC_BY_DESIGN,
    )  # fmt: skip
    return replace(item, verdict=public_verdict)

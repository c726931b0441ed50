"""Tables of servers of one's own that the owner declared as meant for strangers, told as open by design."""

from __future__ import annotations

from collections.abc import Collection

from leakguard.engine.examination import Judged
from leakguard.frozen import replace
from leakguard.models.findings import Access, Outcome, ReasonCode, Severity
from leakguard.scanning.diff import OPEN

AS_DECLARED = "the scope declares it as meant for strangers, and strangers can read it"


def as_declared(item: Judged, public: Collection[str]) -> Judged:
    """The verdict on an open table that is declared; one whose fields tell of data about people stays what it is."""
    verdict = item.verdict
    if not item.definition.by_name or item.bucket not in public or verdict.outcome not in OPEN:
        return item
    if verdict.data is not None and any(each.by in {"field_name", "value"} for each in verdict.data.categories):
        return item
    told = replace(
        verdict, outcome=Outcome.NOT_APPLICABLE, access=Access.NONE, severity=Severity.NONE, reason=AS_DECLARED,
        reason_code=ReasonCode.PUBLIC_BY_DESIGN,
    )  # fmt: skip
    return replace(item, verdict=told)

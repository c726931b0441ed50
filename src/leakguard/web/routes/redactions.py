"""Redactions: contents that a law wants erased, and the list of what was erased."""

from __future__ import annotations

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.outputs.evidence import erasure_json
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from leakguard.use_cases.proofs.ledger_view import erasures
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, NeededReason
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import evidence as shapes


class RedactEvidence(Body):
    """What is erased for good, and why."""

    names: tuple[Name, ...] = Field(
        min_length=1, max_length=100, description="Entries (`12`, `E-12`, `EV-12`) and findings (`F-...`)."
    )
    reason: NeededReason = Field(description="It stays readable, so name no person.")
    keep: tuple[Name, ...] = Field(default=(), max_length=20, description="Fields whose values stay.")


def list_all(call: Call) -> Answer:
    """Every erasure."""
    return Answer(document={"redactions": [erasure_json(erasure) for erasure in erasures(call.wiring.store)]})


def erase(call: Call) -> Answer:
    """Erase content for good, as `evidence redact` does."""
    body: RedactEvidence = call.body
    wiring = call.wiring
    asked = Redaction(names=body.names, by=wiring.by, reason=body.reason, keep=frozenset(body.keep))
    done = redact(wiring.store, wiring.kept_files(), asked, now=wiring.now)
    return Answer(
        document={
            "erased": list(done.sequences), "findings": list(done.findings),
            "said_by": [record.sequence for record in done.records], "is_scrubbed": done.is_scrubbed,
        }
    )  # fmt: skip


OPERATIONS = (
    Operation(
        name="list_redactions", method=Method.GET, path="/evidence/redactions", right=Right.READ_EVIDENCE,
        handler=list_all, answer=shapes.Redactions, summary="List what was erased, by whom and why.",
    ),
    Operation(
        name="redact_evidence", method=Method.POST, path="/evidence/redactions", right=Right.REDACT_EVIDENCE,
        handler=erase, request=RedactEvidence, takes=BodyKind.JSON, status=201, answer=shapes.Redacted,
        command="evidence redact", summary="Erase contents for good; the ledger still verifies, and says so.",
        also="It cannot be brought back. Kept copies go as well; backups of the store do not.",
    ),
)  # fmt: skip

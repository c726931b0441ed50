"""The ledger: its entries without their content, where it stands, and whether it verifies."""

from __future__ import annotations

from itertools import islice

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.ledger.heads import Head, told_heads
from leakguard.outputs.evidence import head_json
from leakguard.use_cases.proofs.evidence import entry_to_json, verification_to_json, verify_store
from leakguard.use_cases.proofs.evidence_heads import make_head
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Page, Words
from leakguard.web.operation import Method, Operation, Takes
from leakguard.web.shapes import evidence as shapes


class Entries(Page):
    """Of one subject, or of all."""

    subject: Name | None = Field(default=None, description="An incident, or a run of a scan.")


class VerifyLedger(Body):
    """Heads from elsewhere, to hold the ledger against."""

    heads: tuple[Words, ...] = Field(default=(), max_length=100, description="As a letter or a mail printed them.")


def entries(call: Call) -> Answer:
    """A page of the entries, as `evidence list` has them."""
    asked: Entries = call.query
    found = list(islice(call.wiring.store.entries(asked.subject, after=asked.after), asked.limit + 1))
    shown = found[: asked.limit]
    more = shown[-1].sequence if len(found) > asked.limit else None
    return Answer(document={"entries": [entry_to_json(one) for one in shown], "next": more})


def head(call: Call) -> Answer:
    """Where the ledger stands, signed where there is a key, as `evidence head` has it."""
    key = call.wiring.signing_key
    return Answer(document=head_json(make_head(call.wiring.vouching_store(), key), key))


def verify(call: Call) -> Answer:
    """Verify the whole store, as `evidence verify` does."""
    wiring = call.wiring
    printed = [one for text in call.body.heads for one in _told(text)]
    found = verify_store(
        wiring.store, copies=wiring.kept_files(), printed=printed, trust=wiring.trust(), now=wiring.now()
    )
    return Answer(document=verification_to_json(found))


def _told(text: str) -> tuple[Head, ...]:
    found = told_heads(text)
    if not found:
        raise UsageProblem(
            f"`{text[:80]}` tells no head", next_step="Write its number and its hash: 12:0123456789abcdef"
        )
    return found


OPERATIONS = (
    Operation(
        name="list_entries", method=Method.GET, path="/ledger/entries", right=Right.VERIFY_LEDGER, handler=entries,
        query=Entries, answer=shapes.EntryPage, summary="List the entries of the ledger, without their content.",
    ),
    Operation(
        name="show_head", method=Method.GET, path="/ledger/head", right=Right.VERIFY_LEDGER, handler=head,
        answer=shapes.Head, summary="Show where the ledger stands, signed where there is a key; keep it elsewhere.",
        command="evidence head",
    ),
    Operation(
        name="verify_ledger", method=Method.POST, path="/ledger/verify", right=Right.VERIFY_LEDGER, handler=verify,
        request=VerifyLedger, takes=Takes.JSON, answer=shapes.Verification,
        summary="Verify every entry, every finding, every kept copy, and the end of the ledger.",
        command="evidence verify",
    ),
)  # fmt: skip

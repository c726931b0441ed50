"""The ledger: its entries without their content, where it stands, and whether it verifies."""

from __future__ import annotations

from itertools import islice

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.ledger.heads import Head, heads_in_any_text
from leakguard.models.moments import to_z
from leakguard.outputs.evidence import head_json, heads_json, latest_json
from leakguard.use_cases.proofs.evidence import entry_to_json, verification_to_json, verify_store
from leakguard.use_cases.proofs.evidence_heads import keep_head, make_head
from leakguard.use_cases.proofs.ledger_view import LedgerQuery, kept_heads, latest, placed_words
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Page, Query, Words
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import evidence as shapes


class Entries(Page):
    """Of one subject, or of all."""

    subject: Name | None = Field(default=None, description="An incident, or a run of a scan.")


class Browse(Query):
    """Which entries, from the end on."""

    subject: Name | None = Field(default=None, description="An incident, or a run of a scan.")
    kind: Name | None = Field(default=None, description="Such as `evidence_added`.")
    person: Name | None = Field(default=None, description="Who recorded it: a name, or the id of an account.")
    before: int = Field(default=2**53, ge=1, le=2**53, description="The `before` of the page in front of it.")
    limit: int = Field(default=50, ge=1, le=500)


class VerifyLedger(Body):
    """Heads from elsewhere, to hold the ledger against."""

    heads: tuple[Words, ...] = Field(default=(), max_length=100, description="As a letter or a mail printed them.")


def entries(call: Call) -> Answer:
    """A page of the entries, as `evidence list` has them."""
    asked: Entries = call.query
    found = list(islice(call.wiring.store.entries(asked.subject, after=asked.after), asked.limit + 1))
    shown = found[: asked.limit]
    more = shown[-1].sequence if len(found) > asked.limit else None
    return Answer(document={"entries": [entry_to_json(entry) for entry in shown], "next": more})


def latest_entries(call: Call) -> Answer:
    """The entries from the end on, with who recorded each."""
    asked: Browse = call.query
    wanted = LedgerQuery(
        subject=asked.subject, kind=asked.kind, person=asked.person, before=asked.before, limit=asked.limit
    )
    return Answer(document=latest_json(latest(call.wiring.store, wanted)))


def heads(call: Call) -> Answer:
    """Heads that were kept, and what second places hold now."""
    store = call.wiring.store
    return Answer(document=heads_json(kept_heads(store), placed_words(store.kept_heads()), call.wiring.signing_key))


def keep(call: Call) -> Answer:
    """Keep a head in every second place, as `evidence head --keep` does."""
    wiring = call.wiring
    kept = keep_head(wiring.vouching_store(), wiring.signing_key, wiring.head_places(), now=wiring.now)
    return Answer(document={**head_json(kept.made, wiring.signing_key), "failures": list(kept.failures)})


def head(call: Call) -> Answer:
    """Where the ledger stands, signed where there is a key, as `evidence head` has it."""
    key = call.wiring.signing_key
    return Answer(document=head_json(make_head(call.wiring.vouching_store(), key), key))


def verify(call: Call) -> Answer:
    """Verify the whole store, as `evidence verify` does."""
    wiring = call.wiring
    printed = [head for text in call.body.heads for head in _told(text)]
    found = verify_store(
        wiring.store, copies=wiring.kept_files(), printed=printed, trust=wiring.trust(), now=wiring.now()
    )
    wiring.verified.last = {
        "at": to_z(wiring.now()), "by": wiring.by, "answer": found.answer.value, "entries": found.entry_count,
    }  # fmt: skip
    return Answer(document=verification_to_json(found))


def _told(text: str) -> tuple[Head, ...]:
    found = heads_in_any_text(text)
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
        name="browse_ledger", method=Method.GET, path="/ledger/latest", right=Right.VERIFY_LEDGER,
        handler=latest_entries, query=Browse, answer=shapes.LatestEntries,
        summary="List the entries from the end on, with who recorded each; of an incident, a kind, a person.",
        also="For a person the last 5,000 entries are looked through at once; `before` goes on from there.",
    ),
    Operation(
        name="list_heads", method=Method.GET, path="/ledger/heads", right=Right.VERIFY_LEDGER, handler=heads,
        answer=shapes.Heads, summary="Show the heads that were kept, who signed them, and time stamps over them.",
    ),
    Operation(
        name="keep_head", method=Method.POST, path="/ledger/heads", right=Right.VERIFY_LEDGER, handler=keep,
        status=201, answer=shapes.NewHead, command="evidence head",
        summary="Keep a head in the ledger and in every second place.",
    ),
    Operation(
        name="show_head", method=Method.GET, path="/ledger/head", right=Right.VERIFY_LEDGER, handler=head,
        answer=shapes.Head, summary="Show where the ledger stands, signed where there is a key; keep it elsewhere.",
        command="evidence head",
    ),
    Operation(
        name="verify_ledger", method=Method.POST, path="/ledger/verify", right=Right.VERIFY_LEDGER, handler=verify,
        request=VerifyLedger, takes=BodyKind.JSON, answer=shapes.Verification,
        summary="Verify every entry, every finding, every kept copy, and the end of the ledger.",
        command="evidence verify",
    ),
)  # fmt: skip

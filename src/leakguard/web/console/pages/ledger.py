"""Evidence: whether the ledger verifies, its heads and entries, pieces with their custody, redactions, a bundle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.clocks.event_kinds import KINDS
from leakguard.errors import UsageProblem
from leakguard.ledger.heads import print_form
from leakguard.web.console.pages.ledger_kinds import RECORDS
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.call import Answer
    from leakguard.web.console.desk import Desk

_FILTERS = ("subject", "kind", "person", "before")


def ledger(desk: Desk) -> PageContext:
    """Where the ledger stands, and its heads; no page reads the whole ledger."""
    head = desk.wiring.existing_store.head()
    at = (
        {"size": head.sequence, "recorded_at": head.recorded_at, "short": print_form(head)}
        if head is not None
        else None
    )
    return {"at": at, "heads": desk.ask("list_heads"), "found": None}


def verify(desk: Desk) -> PageContext:
    """Verify everything, and show what is in doubt; nothing is recorded."""
    return {**ledger(desk), "found": desk.ask("verify_ledger", body={})}


def keep_head(desk: Desk) -> Done:
    """Keep a head in every second place."""
    desk.ask("keep_head")
    return Done(path="/evidence")


def entries(desk: Desk) -> PageContext:
    """The latest entries, of an incident, a kind, a person."""
    query = {name: value for name in _FILTERS if (value := desk.query.get(name, "").strip())}
    people = desk.ask("list_accounts")["accounts"] if desk.can("list_accounts") else []
    found = desk.ask("list_redactions")["redactions"] if desk.can("list_redactions") else []
    return {
        "page": desk.ask("browse_ledger", query=query), "kinds": sorted({*KINDS, *RECORDS}), "records": RECORDS,
        "people": [(person["id"], person["name"]) for person in people if person["name"]],
        "erased": {n for entry in found for n in entry["entries"]},
    }  # fmt: skip


def items(desk: Desk) -> PageContext:
    """Pieces of evidence with their custody, the latest first."""
    incident = desk.query.get("incident", "").strip()
    found = desk.ask("list_evidence", query={"incident": incident} if incident else {})
    return {"items": found["items"][::-1], "held": found["held"], "records": RECORDS}


def redactions(desk: Desk) -> PageContext:
    """What was erased."""
    return {"redactions": desk.ask("list_redactions")["redactions"]}


def redact(desk: Desk) -> Done:
    """Erase contents for good."""
    if not desk.one("sure"):
        raise UsageProblem(
            "nobody confirmed that it cannot be brought back", next_step="Tick the box below the reason."
        )
    names = [name for name in re.split(r"[\s,;]+", desk.one("names")) if name]
    desk.ask("redact_evidence", body={"names": names, "reason": desk.one("reason")})
    return Done(path="/evidence/redactions")


def bundle(_: Desk) -> PageContext:
    """The form of a bundle."""
    return {}


def export(desk: Desk) -> Answer:
    """The bundle with its verifier."""
    body = {"incident": desk.one("incident") or None, "to": desk.one("to"), "files": bool(desk.one("files"))}
    return desk.answer("export_evidence", path={}, body=body)


_VERIFY, _READ = Right.VERIFY_LEDGER, Right.READ_EVIDENCE
SCREENS = (
    Screen(
        name="evidence", path="/evidence", title="Evidence", template="ledger/ledger.html", show=ledger, right=_VERIFY
    ),
    Screen(
        name="evidence_entries", path="/evidence/entries", title="Entries of the ledger", show=entries, right=_VERIFY,
        template="ledger/entries.html", section="evidence",
    ),
    Screen(
        name="evidence_items", path="/evidence/items", title="Pieces of evidence", template="ledger/items.html",
        show=items, right=_READ, section="evidence",
    ),
    Screen(
        name="evidence_redactions", path="/evidence/redactions", title="Redactions", show=redactions, right=_READ,
        template="ledger/redactions.html", section="evidence",
    ),
    Screen(
        name="evidence_bundle", path="/evidence/bundle", title="Bundle", template="ledger/bundle.html", show=bundle,
        right=Right.EXPORT_EVIDENCE, section="evidence", is_live=False,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="verify_ledger", path="/evidence", screen="evidence", perform=verify, right=_VERIFY, done="",
        template="ledger/ledger.html", keeps_nothing=True,
    ),
    Act(
        name="keep_head", path="/evidence/heads", screen="evidence", perform=keep_head, right=_VERIFY,
        done="The head is kept.",
    ),
    Act(
        name="redact", path="/evidence/redactions", screen="evidence_redactions", perform=redact,
        right=Right.REDACT_EVIDENCE, done="The content is erased, and an entry says so.",
    ),
    Act(
        name="export_bundle", path="/evidence/bundle", screen="evidence_bundle", perform=export,
        right=Right.EXPORT_EVIDENCE, done="", keeps_nothing=True,
    ),
)  # fmt: skip

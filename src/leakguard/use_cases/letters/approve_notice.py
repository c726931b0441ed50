"""Approving a letter: it is drafted again for whoever approves it, and the ledger keeps who vouched for what.

In a store without accounts the ledger keeps the name that was typed, and who may type at this machine is the
organisation's affair; with accounts, two people who logged in have to approve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from leakguard.accounts.two_people import login_content, needs_accounts, present, refuse_unauthenticated
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import Frozen, as_dict
from leakguard.ledger.canonical import canonical, sha256_hex
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import (
    APPROVED,
    DEADLINE,
    NO_BASIS,
    WITHDRAWN,
    Approval,
    Basis,
    Parts,
    Proposal,
    Subject,
    approval_content,
    changed_words,
    latest,
    proposals_in,
    without_letter_content,
)
from leakguard.models.events import Interval
from leakguard.models.letters import Block, Letter
from leakguard.models.people import Signatory, refuse_nameless
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import TRIES, incident_of

MOST_REASON = 2000


class Version(Frozen):
    """One version of a letter, or of the letters of a merge."""

    parts: Parts
    written_at: datetime
    head: Head | None
    letters: int = 1
    without_letter: int = 0
    """Rows of the file of people for whom the merge has none."""
    basis: Basis = NO_BASIS
    limit_ended: bool = False
    """Whether the limit ended behind its moment, so that it is late now and does not say so."""

    def changed_since(self, approved: Parts) -> tuple[str, ...]:
        """The names of what differs from an approved version; `DEADLINE` where the deadline has passed since."""
        return (*self.parts.changed_since(approved), *((DEADLINE,) if self.limit_ended else ()))


Draft = Callable[[datetime, Head | None], Version]
"""Drafts the letter for a moment and a head of the ledger; a merge is the same for all of them."""


class ApprovalResult(Frozen):
    """What an approval came to."""

    proposal: Proposal
    is_new: bool
    """False when the same person approved the same before."""
    by: str
    """The name that was typed now."""
    who: Signatory
    """Who that is, as far as is known."""
    changed: tuple[str, ...]
    """The parts that differ from the version that was approved before; empty where there is none or none differs."""
    before: Proposal | None


class Signer(Frozen):
    """Who approves, as typed."""

    by: str
    role: str = ""


def parts_of_letter(facts_text: str, *, name: str, rules: Mapping[str, Any], template: str, letter: Letter) -> Parts:
    """The digests of a letter's parts; comments and layout of the facts file do not count, nor do its remarks."""
    shown = as_dict(letter) | {"written_on": letter.written_on.isoformat()}
    shown.pop("remarks")
    for left in ("unsettled", "to_fill_in", "unaddressed"):
        shown.pop(left)
    shown["blocks"] = [{"kind": type(block).__name__, **_words_of(block)} for block in letter.blocks]
    return Parts(
        digests={
            "facts": facts_digest(facts_text, name),
            "rules": sha256_hex(canonical(dict(rules))),
            "template": sha256_hex(template),
            "text": sha256_hex(canonical(shown)),
        }
    )


@lru_cache(maxsize=16)
def facts_digest(text: str, name: str) -> str:
    """The digest of what a facts file states; those of the last files are remembered, as every letter needs it."""
    return sha256_hex(canonical(read_yaml(text, name=name).value))


def _words_of(block: Block) -> dict[str, Any]:
    """What the block says; a gap above it is none of its words."""
    return {name: value for name, value in as_dict(block).items() if name != "apart"}


def approve(
    store: Journal, incident: str, subject: Subject, draft: Draft, signer: Signer, *, start: Callable[[], Version],
    pin: str = "", now: Now,
) -> ApprovalResult:  # fmt: skip
    """Keep that a person approves the letter as it is now.

    Whoever comes second approves the very letter of the first, with its date, unless something changed since; then the
    letter begins anew, dated by `start`. Raises `UsageProblem` for a name that is none, `NotAllowed` when the digest
    does not begin with `pin` and when the limit ended since the letter was read, `NotFound` for an unknown incident.
    """
    refuse_nameless(signer.by)
    refuse_unauthenticated(store, signer.by, what="approve a letter")
    only, who = needs_accounts(store), present(store, signer.by)
    for _ in range(TRIES):
        records = _records(store, incident)
        before = latest(proposals_in(records, only_accounts=only), subject)
        version, changed = _version(before, draft, start)
        _refuse_other_digest(version.parts.digest, pin)
        _refuse_ended(version)
        known = proposals_in(records, only_accounts=only)
        same = next((proposal for proposal in known if _is(proposal, subject, version.parts)), None)
        if same is not None and same.approval_of(who) is not None:
            return ApprovalResult(proposal=same, is_new=False, by=signer.by, who=who, changed=changed, before=before)
        moment = now()
        content = approval_content(
            subject, version.parts, by=signer.by.strip(), role=signer.role.strip(), written_at=version.written_at,
            head=version.head, letters=version.letters, basis=version.basis,
        ) | without_letter_content(version.without_letter) | login_content(store, signer.by)  # fmt: skip
        record = Record(kind=APPROVED, occurred_at=Interval(earliest=moment, latest=moment), content=content)
        try:
            kept = store.append(incident, (record,), after=records[-1].sequence)
        except NotAllowed:
            continue
        after = proposals_in((*records, *kept), only_accounts=only)
        found = next(proposal for proposal in after if _is(proposal, subject, version.parts))
        return ApprovalResult(proposal=found, is_new=True, by=signer.by, who=who, changed=changed, before=before)
    raise NotAllowed(f"{incident} is being written by many at this very moment", next_step="Try again.")


def withdraw(store: Journal, incident: str, digest: str, *, by: str, reason: str, now: Now) -> Proposal:
    """Take one's approval back; raises `NotFound` where there is none, `UsageProblem` without a name and a reason."""
    refuse_nameless(by)
    if not reason.strip() or len(reason) > MOST_REASON:
        raise UsageProblem("a withdrawal needs a reason", next_step='Say why: --reason "..."')
    refuse_unauthenticated(store, by, what="take an approval back")
    only = needs_accounts(store)
    proposal = chosen(_records(store, incident), digest, only_accounts=only)
    if proposal.approval_of(present(store, by)) is None:
        raise NotFound(
            f"nobody of this name approves {proposal.digest[:16]}",
            next_step=f"See who does: leakguard notice approve --list --incident {incident}",
        )
    moment = now()
    content = {"digest": proposal.digest, "by": by.strip(), "reason": reason.strip(), "duty": proposal.subject.duty}
    record = Record(kind=WITHDRAWN, occurred_at=Interval(earliest=moment, latest=moment), content=content)
    store.append(incident, (record,))
    return chosen(_records(store, incident), proposal.digest, only_accounts=only)


def chosen(records: Sequence[KeptRecord], digest: str, *, only_accounts: bool = False) -> Proposal:
    """The version whose digest begins so; raises `NotFound` for none and for several."""
    known = proposals_in(records, only_accounts=only_accounts)
    found = [proposal for proposal in known if digest and proposal.digest.startswith(digest.lower())]
    if len(found) != 1:
        what = "several versions begin" if found else "no version begins"
        raise NotFound(f"{what} with `{digest[:64]}`", next_step="List them: leakguard notice approve --list")
    return found[0]


def approvals_of(store: Journal, incident: str) -> tuple[Proposal, ...]:
    """Every version of every letter of an incident that somebody approves or approved; raises `NotFound`."""
    return proposals_in(_records(store, incident), only_accounts=needs_accounts(store))


def approved_version(store: Journal, incident: str, subject: Subject, draft: Draft) -> Proposal:
    """The version that may be sent, drafted again and found to be the very same.

    Raises `NotAllowed` when nobody approves the letter, or when a part of it changed since.
    """
    proposal = latest(approvals_of(store, incident), subject)
    if proposal is None:
        raise NotAllowed(
            f"nobody approves {subject.words}", next_step="Two people have to: leakguard notice approve ... --by NAME"
        )
    changed = draft(proposal.written_at, proposal.head).changed_since(proposal.parts)
    if changed:
        raise NotAllowed(
            f"{subject.words} changed since it was approved ({changed_words(changed)}), so it needs approval again",
            next_step="Two people have to look at it again: leakguard notice approve ... --by NAME",
        )
    return proposal


def names_of(approvals: Sequence[Approval]) -> str:
    """`A. Counsel (counsel), B. Officer and C. Chief`."""
    names = [f"{approval.who} ({approval.role})" if approval.role else approval.who for approval in approvals]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _version(before: Proposal | None, draft: Draft, start: Callable[[], Version]) -> tuple[Version, tuple[str, ...]]:
    if before is None:
        return start(), ()
    again = draft(before.written_at, before.head)
    changed = again.changed_since(before.parts)
    return (start(), changed) if changed else (again, ())


def _records(store: Journal, incident: str) -> tuple[KeptRecord, ...]:
    records = tuple(store.read(incident))
    incident_of(incident, records)
    return records


def _is(proposal: Proposal, subject: Subject, parts: Parts) -> bool:
    return proposal.subject == subject and proposal.digest == parts.digest


def _refuse_ended(version: Version) -> None:
    if version.limit_ended:
        raise NotAllowed(
            "the limit ended since the letter was read, and the letter does not say that it is late",
            next_step="Read it again, and approve that.",
        )


def _refuse_other_digest(digest: str, pin: str) -> None:
    if pin and not digest.startswith(pin.lower()):
        raise NotAllowed(
            f"the letter is {digest[:16]} and not {pin[:16]}: something changed since you read it",
            next_step="Read it again: leakguard notice approve ... --dry-run",
        )

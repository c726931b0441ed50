"""How approvals are printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.mailing.approvals import NEEDED, Proposal, latest
from leakguard.models.moments import to_z
from leakguard.models.people import alike_text
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.approve_notice import Approved, names_of

SHORT = 16
NOTE = "Names are kept as they were typed; LeakGuard does not check who types them."


def approval_lines(done: Approved) -> Iterator[str]:
    """What was approved, part by part, and who is still missing."""
    yield printable(done.proposal.subject.words)
    for name, digest in done.proposal.parts.digests.items():
        yield f"  {name:<11} {digest[:SHORT]}{'  changed' if name in done.changed else ''}"
    yield f"  digest      {done.proposal.digest}"
    if done.changed and done.before is not None:
        who = printable(names_of(done.before.approvals))
        yield f"Changed since {who} approved {done.before.digest[:SHORT]}: {', '.join(done.changed)}."
    earlier = done.proposal.approval_of(done.by)
    if not done.is_new and earlier is not None:
        why = printable(alike_text(earlier.by, done.by), longest=600)
        yield f"This person approved exactly this before, and counts once: {why}."
    yield standing(done.proposal)
    yield NOTE


def list_lines(proposals: Sequence[Proposal]) -> Iterator[str]:
    """Every version with its people, the last one at the end."""
    for one in proposals:
        yield f"{one.digest[:SHORT]}  {printable(one.subject.words)}"
        is_last = one.approvals and latest(proposals, one.subject) is one
        yield f"  {standing(one) if is_last or not one.approvals else 'Replaced by a later version.'}"
        for approval in one.approvals:
            role = f" ({printable(approval.role)})" if approval.role else ""
            yield f"  {to_z(approval.at)}  {printable(approval.who)}{role}, entry {approval.sequence}"


def standing(proposal: Proposal) -> str:
    """Whether it may be sent, in a sentence."""
    if proposal.is_approved:
        return f"Approved by {printable(names_of(proposal.approvals))}: it may be sent."
    missing = NEEDED - len(proposal.approvals)
    if missing == NEEDED:
        return "Nobody approves it now."
    return f"Approved by {printable(names_of(proposal.approvals))}: one more person has to approve it."


def approved_json(done: Approved) -> dict[str, Any]:
    """As `proposal_json`, with what changed."""
    return {**proposal_json(done.proposal), "new": done.is_new, "changed": list(done.changed), "note": NOTE}


def proposal_json(one: Proposal) -> dict[str, Any]:
    """One version with its approvals."""
    subject = one.subject
    return {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage or None, "lang": subject.lang or None,
        "digest": one.digest, "parts": dict(one.parts.digests), "letters": one.letters,
        "written_at": to_z(one.written_at), "approved": one.is_approved, "needed": NEEDED,
        "approvals": [
            {
                "by": each.by, "by_source": each.by_source, "role": each.role or None, "at": to_z(each.at),
                "entry": each.sequence,
            }
            for each in one.approvals
        ],
    }  # fmt: skip

"""Approvals: two people vouch for one digest, computed from digests of the facts, rules, template and text.

The digest changes with any of them, so an approval never covers a letter that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.frozen import Frozen, as_dict, field, names_of
from leakguard.ledger.canonical import canonical, sha256_hex
from leakguard.ledger.erasure import ERASED
from leakguard.ledger.heads import Head
from leakguard.models.moments import from_z, to_z
from leakguard.models.people import Signatory, by_source, is_name, may_be_one_person, signatory_of, who_text
from leakguard.models.records import KeptRecord

SCHEMA = "leakguard.approval/1"
NEEDED = 2
"""Different people."""
APPROVED, WITHDRAWN = "notice_approved", "notice_approval_withdrawn"
KINDS = (APPROVED, WITHDRAWN)
LETTER, MERGE = "letter", "merge"


class Subject(Frozen):
    """Which letter it is, by its duty, stage and language; its text may change."""

    covers: str
    """`letter`, or `merge` for the letters of a mail merge."""
    duty: str
    stage: str = ""
    """Empty for the duty as a whole."""
    lang: str = ""
    """Empty for a merge, whose letters may have several."""

    @property
    def words(self) -> str:
        """`eu-gdpr-34-individuals, stage initial, en`."""
        parts = (self.duty, f"stage {self.stage}" if self.stage else "", self.lang)
        return ", ".join(part for part in parts if part) + (" (mail merge)" if self.covers == MERGE else "")


class Basis(Frozen):
    """What the letter rests on. The foot of a draft states it; the letter that goes out does not."""

    rules_version: str = ""
    """Of the vocabulary and the duties."""
    checked_on: str = ""
    """The day on which the duty was last checked against its source, such as `2026-11-24`."""


NO_BASIS = Basis()
"""Of an approval recorded by a release that did not record the basis."""


DEADLINE = "limit"
"""The name of the part that changes once the deadline has passed: a late notice gives reasons too."""


def changed_words(changed: Iterable[str]) -> str:
    """What changed since an approval, in words."""
    return ", ".join("the deadline, which has passed since" if part == DEADLINE else part for part in changed)


class Parts(Frozen):
    """Hex digests of what an approval covers, by the name of the part."""

    digests: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Hex SHA-256 over all of them, in canonical form."""
        return sha256_hex(canonical({"schema": SCHEMA, "parts": dict(self.digests)}))

    def changed_since(self, other: Parts) -> tuple[str, ...]:
        """The names of the parts that differ, in their order."""
        names = dict.fromkeys((*self.digests, *other.digests))
        return tuple(name for name in names if self.digests.get(name) != other.digests.get(name))


class Approval(Frozen):
    """One person's approval as the ledger has it."""

    subject: Subject
    parts: Parts
    by: str
    role: str
    written_at: datetime
    """The moment that the letter was drafted for: its date, and the same for everybody who approves it."""
    head: Head | None
    """The head of the ledger that the letter names; the same for everybody too."""
    letters: int = 1
    without_letter: int = 0
    at: datetime
    sequence: int
    basis: Basis = NO_BASIS
    by_source: str = ""
    """Where the name comes from, see `people.BySource`."""
    by_id: str = ""
    """The id of whoever recorded it under this name: that of an account if they logged in."""
    method: str = ""
    """How they logged in, see `people.LoginMethod`; empty if they did not, or if an earlier release recorded it."""

    @property
    def signatory(self) -> Signatory:
        """Who approves, for the rule that two people do."""
        return Signatory(name=self.by, actor=self.by_id, how=self.by_source)

    @property
    def who(self) -> str:
        """The name, and where it comes from if nobody typed it."""
        return who_text(self.by, self.by_source, self.method)

    @property
    def digest(self) -> str:
        """Of what is approved."""
        return self.parts.digest


class Proposal(Frozen):
    """One version of a letter, and who approves it now."""

    subject: Subject
    parts: Parts
    written_at: datetime
    head: Head | None
    letters: int
    without_letter: int = 0
    """Rows of the file of people for whom the merge has no letter; 0 where an earlier release recorded it."""
    basis: Basis = NO_BASIS
    approvals: tuple[Approval, ...] = field(default=())
    """The first one of each person; withdrawn ones are left out."""
    uncounted: tuple[Approval, ...] = field(default=())
    """Those of people who did not log in, in a store that has accounts: they approve nothing."""

    @property
    def digest(self) -> str:
        """Of what is approved."""
        return self.parts.digest

    @property
    def is_approved(self) -> bool:
        """Whether enough different people approve it."""
        return len(self.approvals) >= NEEDED

    def approval_of(self, who: Signatory) -> Approval | None:
        """The approval of this person."""
        return next((approval for approval in self.approvals if may_be_one_person(approval.signatory, who)), None)


_Held = dict[tuple[Subject, str], list[Approval]]
"""Approvals by what they approve."""


def approval_content(
    subject: Subject, parts: Parts, *, by: str, role: str, written_at: datetime, head: Head | None, letters: int = 1,
    basis: Basis = NO_BASIS,
) -> dict[str, Any]:  # fmt: skip
    """What the ledger keeps of an approval; `two_people.login_content` says the rest, where it is known."""
    kept_head = {"sequence": head.sequence, "hash": head.hash, "recorded_at": head.recorded_at} if head else None
    return {
        "schema": SCHEMA, "covers": subject.covers, "duty": subject.duty, "stage": subject.stage, "lang": subject.lang,
        "digest": parts.digest, "parts": dict(parts.digests), "by": by, "role": role, "letters": letters,
        "written_at": to_z(written_at), "head": kept_head, **as_dict(basis),
    }  # fmt: skip


def without_letter_content(rows: int) -> dict[str, Any]:
    """What the ledger keeps of an approval in addition, where the merge has no letter for so many rows of its file."""
    return {"without_letter": rows} if rows else {}


def proposals_in(records: Iterable[KeptRecord], *, only_accounts: bool = False) -> tuple[Proposal, ...]:
    """Every version that somebody approves or approved, the one that was proposed last at the end.

    An entry that cannot be read, such as one whose content was erased, approves nothing; with `only_accounts`, neither
    does that of somebody who did not log in.
    """
    found: _Held = {}
    others: _Held = {}
    first: dict[tuple[Subject, str], Approval] = {}
    for record in records:
        if record.kind == APPROVED:
            _take(record, found, first, others if only_accounts else found)
        elif record.kind == WITHDRAWN:
            _withdraw(record, found)
            _withdraw(record, others)
    return tuple(_proposal(approval, found[key], others.get(key, ())) for key, approval in first.items())


def latest(proposals: Sequence[Proposal], subject: Subject) -> Proposal | None:
    """The version of a letter that was proposed last and that somebody still approves."""
    return next(
        (proposal for proposal in reversed(proposals) if proposal.subject == subject and proposal.approvals), None
    )


def _take(record: KeptRecord, found: _Held, first: dict[tuple[Subject, str], Approval], others: _Held) -> None:
    """Approvals of people who did not log in go to `others`, which is `found` itself where they count."""
    approval = _approval(record)
    if approval is None:
        return
    key = (approval.subject, approval.digest)
    counting = found.setdefault(key, [])
    held = counting if approval.signatory.is_authenticated else others.setdefault(key, [])
    is_first = not counting and (held is counting or not held)  # of those that count, or of any
    if is_first:
        first.pop(key, None)  # proposed anew, so it stands last
        first[key] = approval
    if not any(may_be_one_person(held_approval.signatory, approval.signatory) for held_approval in held):
        held.append(approval)


def _withdraw(record: KeptRecord, found: _Held) -> None:
    """Take the approvals back that it withdraws: all that it may have meant, where its name or digest was erased."""
    who, digest = signatory_of(record.content), record.content.get("digest")
    is_anybody = who.name == ERASED and not who.is_authenticated
    for (_, approved), held in found.items():
        if digest in {approved, ERASED}:
            held[:] = [each for each in held if not is_anybody and not may_be_one_person(each.signatory, who)]


def _proposal(first: Approval, held: Sequence[Approval], uncounted: Sequence[Approval]) -> Proposal:
    return Proposal(
        subject=first.subject, parts=first.parts, written_at=first.written_at, head=first.head, letters=first.letters,
        without_letter=first.without_letter, basis=first.basis, approvals=tuple(held), uncounted=tuple(uncounted),
    )  # fmt: skip


def _approval(record: KeptRecord) -> Approval | None:
    """The approval in an entry; nothing in one that does not hold together."""
    content = record.content
    try:
        head = content["head"]
        approval = Approval(
            subject=Subject(**{name: str(content[name]) for name in ("covers", "duty", "stage", "lang")}),
            parts=Parts(digests={str(name): str(digest) for name, digest in content["parts"].items()}),
            by=str(content["by"]), role=str(content["role"]), written_at=from_z(content["written_at"]),
            head=Head(**head) if head else None, letters=int(content["letters"]), at=record.occurred_at.earliest,
            sequence=record.sequence, by_source=by_source(content), by_id=signatory_of(content).actor,
            basis=Basis(**{name: str(content.get(name, "")) for name in names_of(Basis)}),
            method=str(content.get("login_method", "")), without_letter=int(content.get("without_letter", 0)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    is_whole = approval.digest == content.get("digest") and is_name(approval.by)
    return approval if is_whole else None

"""An earlier version of a letter, drafted again from the ledger as it stood then, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from leakguard.errors import LeakGuardError, NotFound
from leakguard.frozen import Frozen, replace
from leakguard.mailing.approvals import Proposal
from leakguard.models.letters import Block, Fields, Letter, Numbered
from leakguard.models.records import KeptRecord
from leakguard.use_cases.incidents.kept_facts import last_facts
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given
from leakguard.use_cases.letters.letter_versions import SingleLetter

Kind = Literal["same", "gone", "new"]


class DiffLine(Frozen):
    """One line of either letter."""

    kind: Kind
    text: str


class LetterDiff(Frozen):
    """What a letter said when it was approved, beside what it says now."""

    digest: str
    is_exact: bool
    """Whether the earlier letter is proved to be the very text that was approved."""
    lines: tuple[DiffLine, ...]


class _AsOf:
    """The ledger of an incident up to one entry, with all findings."""

    def __init__(self, store: Any, until: int) -> None:  # noqa: ANN401  (a store of any kind)
        self._store, self._until = store, until

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the store has)
        return getattr(self._store, name)

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        return (record for record in self._store.read(subject) if record.sequence < self._until)


def version_then(
    store: Any, incident: str, single: SingleLetter, proposal: Proposal, now: NoticeInput  # noqa: ANN401  (as above)
) -> tuple[Letter, bool]:  # fmt: skip
    """The letter as it was when it was first approved, and whether it is the very same text.

    Raises `NotFound` where its facts were erased, and `LeakGuardError` where today's rules give no such letter.
    """
    entry = min((approval.sequence for approval in (*proposal.approvals, *proposal.uncounted)), default=0)
    then = _AsOf(store, entry)
    kept = last_facts(incident, then.read(incident))
    if kept is None:
        raise NotFound("the facts that this letter was made from are not in the ledger any more")
    asked = FactsQuery(name="facts", text=kept.text, incident=incident)
    given = read_given(asked, now.book, then, now=lambda: proposal.written_at)
    before = replace(single, facts=given.facts, facts_text=kept.text, drafts={})
    letter = before.letter(proposal.written_at, proposal.head)
    parts = before.version(proposal.written_at, proposal.head).parts
    return letter, parts.digests["text"] == proposal.parts.digests["text"]


def diff_since(
    store: Any,  # noqa: ANN401  (as above)
    incident: str,
    single: SingleLetter,
    proposal: Proposal,
    work: NoticeInput,
    letter: Letter | None,
) -> LetterDiff | None:
    """What changed since a version; `None` where that version cannot be made again."""
    try:
        before, is_exact = version_then(store, incident, single, proposal, work)
    except LeakGuardError:
        return None
    lines = tuple(_lines(lines_of(before), lines_of(letter) if letter is not None else ()))
    return LetterDiff(digest=proposal.digest, is_exact=is_exact, lines=lines)


def lines_of(letter: Letter) -> tuple[str, ...]:
    """What a reader of the letter sees, a paragraph each."""
    blocks = (text for block in letter.blocks for text in _texts(block))
    found = (
        *letter.sender, *letter.addressee, letter.reference, letter.date_line, letter.title, letter.salutation, *blocks,
        letter.closing, *letter.signature,
    )  # fmt: skip
    return tuple(line for line in found if line)


def _texts(block: Block) -> tuple[str, ...]:
    if isinstance(block, Fields):
        return tuple(f"{label}: {text}" for label, text in block.rows)
    return block.entries if isinstance(block, Numbered) else (block.text,)


def _lines(was: Sequence[str], now: Sequence[str]) -> Iterator[DiffLine]:
    for kind, low, high, first, last in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (DiffLine(kind="same", text=line) for line in was[low:high])
            continue
        yield from (DiffLine(kind="gone", text=line) for line in was[low:high])
        yield from (DiffLine(kind="new", text=line) for line in now[first:last])

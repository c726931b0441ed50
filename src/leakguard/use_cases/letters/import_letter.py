"""Takes back a letter that somebody edited in a word processor: changed free passages become facts, nothing else may.

The edited letter is compared with a fresh draft of the same letter, and nothing else of it is trusted. A second draft,
in which a mark stands for each free text of the facts, shows where in the letter the words of which fact stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from leakguard.errors import BadFile, LeakGuardError, Problem
from leakguard.files.yaml_edits import Scalar, with_texts
from leakguard.frozen import Frozen, replace
from leakguard.mailing.approvals import Proposal, Subject, latest
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.letters.round_trip import EditedChanges, compare, mark, plain
from leakguard.notices.lint.docx_reading import lines_in_docx
from leakguard.notices.notice_content import NoticeContent
from leakguard.ports import DataFolders, DocumentMaker, ScanStore
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.free_texts import fact_of, free_texts
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given

LEFT_OUT = frozenset({"Date", "Basis", "Mark"})
"""Styles of what each version of a letter has of its own: its date, what a draft rests on, and the word "draft"."""
_OF_ORGANISATION = ("org_identity", "org_registration", "org_contact", "dpo_contact")
"""Facts that the organisation's own entry states."""
_SHOWN = 60
_NEXT = (
    "Change these in the facts file, or in a template of your own where it is fixed text. Then draft the letter again."
)
Read = Callable[[str], NoticeInput]
"""Reads the text of the facts file, with the events and findings of the incident."""
Draft = Callable[[NoticeInput], Letter]
"""Drafts the letter from it; raises `LetterIncomplete`."""


class Passage(Frozen):
    """A free text of the facts that the edited letter changes."""

    fact: str
    """`measures_taken`, or `by_jurisdiction.US-CA.individual_steps`."""
    was: str
    now: str


class ImportedLetter(Frozen):
    """What an edited letter brings."""

    passages: tuple[Passage, ...]
    text: str
    """Of the facts file, with the changed passages."""


class LetterSource(Frozen):
    """The letter that was edited, as the facts have it."""

    text: str
    """Of the facts file."""
    name: str
    lang: Lang
    read: Read
    draft: Draft
    maker: DocumentMaker
    """Of DOCX."""


def source_of(
    asked: FactsQuery, given: NoticeInput, notice: NoticeContent, *, store: ScanStore | None, folders: DataFolders,
    maker: DocumentMaker, lang: Lang, stage: str | None,
) -> LetterSource:  # fmt: skip
    """The letter of a duty, or one that no law demands, as the facts that were `asked` for have it at that moment."""

    def draft(draft_input: NoticeInput) -> Letter:
        return draft_notice(draft_input.book, folders, draft_input.facts, notice, lang=lang, now=given.now, stage=stage)

    def read(text: str) -> NoticeInput:
        return read_given(replace(asked, text=text), given.book, store, now=lambda: given.now)

    return LetterSource(text=asked.text, name=asked.name, lang=lang, read=read, draft=draft, maker=maker)


def import_letter(data: bytes, source: LetterSource, *, name: str) -> ImportedLetter:
    """The facts file with the changed passages of an edited DOCX.

    Raises `BadFile` with everything else that differs, and for what is no DOCX; nothing is taken over then.
    """
    edited = lines_in_docx(data, name=name, leave_out=LEFT_OUT)
    given = source.read(source.text)
    free = _free_texts(source, given)
    drafted = _lines(source, given)
    marked = _lines(
        source, source.read(with_texts(source.text, {scalar: mark(at, scalar.text) for at, scalar in enumerate(free)}))
    )
    try:
        found = compare(drafted, marked, edited)
    except ValueError as error:
        raise BadFile.whole(name, str(error)) from error
    changes = _changes(found, free)
    problems = (*_refused(found, source, given), *_told_twice(found, free))
    if problems:
        raise BadFile(name, problems, next_step=_NEXT)
    text = with_texts(source.text, changes)
    _hold_against(edited, source, text, name)
    passages = tuple(Passage(fact=fact_of(scalar), was=scalar.text, now=now) for scalar, now in changes.items())
    return ImportedLetter(passages=passages, text=text)


def approvals_lost(proposals: Sequence[Proposal], subject: Subject) -> Proposal | None:
    """The version that people approve, of which the import takes the approval away; `None` where nobody does."""
    found = latest(tuple(proposals), subject)
    return found if found is not None and found.approvals else None


def _free_texts(source: LetterSource, given: NoticeInput) -> tuple[Scalar, ...]:
    """Every text of the facts that a letter of this language may show word for word."""
    return free_texts(source.text, source.lang, given.book.vocabulary, name=source.name)


def _lines(source: LetterSource, given: NoticeInput) -> tuple[str, ...]:
    return lines_in_docx(source.maker.make(source.draft(given)), name=source.name, leave_out=LEFT_OUT)


def _changes(found: EditedChanges, free: Sequence[Scalar]) -> dict[Scalar, str]:
    """The texts that differ."""
    changes = {}
    for number, texts in found.passages.items():
        was, now = free[number], _as_in_the_file(free[number].text, texts[0])
        if plain(now) != plain(was.text):
            changes[was] = now
    return changes


def _as_in_the_file(was: str, now: str) -> str:
    """Without the capital and with the full stop that the file leaves to the letter, or to the text."""
    stop, first = was.rstrip()[-1:], was[:1]
    now = f"{now}{stop}" if stop in {".", "。"} and not now.endswith(stop) else now
    return f"{first}{now[1:]}" if now[:1] == first.upper() else now


def _told_twice(found: EditedChanges, free: Sequence[Scalar]) -> Iterator[Problem]:
    for number, texts in found.passages.items():
        if len(texts) > 1:
            fact = fact_of(free[number])
            yield Problem(
                where=fact,
                text=f"stands twice in the letter, and the two differ: {_quoted(texts[0])}, {_quoted(texts[1])}",
            )


def _refused(found: EditedChanges, source: LetterSource, given: NoticeInput) -> Iterator[Problem]:
    without = cache(partial(_without, source=source, given=given))  # of another duty's letter each line differs
    for changed_line in found.changed:
        facts = tuple(name for name in _names(given) if changed_line.was not in (without(name) or (changed_line.was,)))
        where = ", ".join(facts) or "fixed text"
        what = f"became {_quoted(changed_line.now)}" if changed_line.now else "is gone"
        yield Problem(where=where, text=f"{_quoted(changed_line.was)} {what}")
    for line in found.added:
        yield Problem(where="added", text=f"{_quoted(line)} is no fact; state it as one, and draft the letter again")


def _names(given: NoticeInput) -> tuple[str, ...]:
    """The facts that a line may tell: those without which the letter has no such line."""
    return tuple(dict.fromkeys((*given.facts.stated, *_OF_ORGANISATION)))


def _without(name: str, *, source: LetterSource, given: NoticeInput) -> tuple[str, ...]:
    """The letter where the fact is not known; empty where there is no such letter."""
    reason = LocalisedText(texts=dict.fromkeys(LANGS, "?"), is_plain=True)
    unknown = Fact(name=name, state=FactState.UNKNOWN, reason=reason)
    facts: Facts = replace(given.facts, stated={**given.facts.stated, name: unknown})
    try:
        return _lines(source, replace(given, facts=facts))
    except LeakGuardError:
        return ()


def _hold_against(edited: Sequence[str], source: LetterSource, text: str, name: str) -> None:
    """Raise `BadFile` unless the letter that the changed facts give is the edited one, line by line."""
    again = _lines(source, source.read(text))
    for was, now in zip((*again, *[""] * len(edited)), edited, strict=False):
        if plain(was) != plain(now):
            raise BadFile(
                name,
                (Problem(where="letter", text=f"would read {_quoted(was)} where it says {_quoted(now)}"),),
                next_step=_NEXT,
            )


def _quoted(text: str) -> str:
    return f'"{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"}"'

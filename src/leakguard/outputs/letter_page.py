"""One letter as plain values: its text in blocks, what it lacks, how it reads, who approves it, and its office."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.mailing.approvals import Proposal
from leakguard.models.letters import Letter
from leakguard.models.moments import to_z
from leakguard.models.people import Signatory
from leakguard.notices.book import DutyBook
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.filings import promisable
from leakguard.notices.lint.lint import to_json_object as lint_json
from leakguard.notices.office_shapes import Authority
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.letter_list import filing_json, notice_content_json, stage_json
from leakguard.outputs.notice import checked_json, open_item_json
from leakguard.outputs.offices import office_json
from leakguard.outputs.sending import proposal_json
from leakguard.use_cases.letters.edit_passages import EditedPassages
from leakguard.use_cases.letters.letter_diff import LetterDiff
from leakguard.use_cases.letters.letter_passages import Line, Passage, ShownBlock

if TYPE_CHECKING:
    from leakguard.use_cases.letters.letter_page import LetterPage, ShownLetter

_WORDS = {
    "present": "stated", "said": "said_as_unknown", "not_applicable": "not_applicable", "missing": "missing",
    "undecided": "undecided", "recommended": "recommended", "optional": "optional", "not_needed": "not_needed",
}  # fmt: skip
"""How an item stands, as the page says it."""
_IN_THE_FILE = re.compile(r"[;,] (?:so )?write | \([^()]*\), such as \{|, such as \{| \([^()]*\)$")
"""Begins what a remark says of the facts file: the page leads to the question instead."""


def page_json(
    page: LetterPage, incident: str, who: Signatory, vocabulary: Vocabulary, diff: LetterDiff | None, facts_sha256: str
) -> dict[str, Any]:  # fmt: skip
    """Everything about one letter."""
    current, shown, status = page.current, page.shown, page.status
    asked = promisable(page.notice)
    return {
        "incident": incident, **notice_content_json(page.notice),
        "stage": stage_json(page.subject.stage, page.notice.id, vocabulary),
        "lang": page.subject.lang, "languages": list(page.langs),
        "language_note": page.notice.language.text,
        "work_by": to_z(status.work_by) if status is not None and status.work_by is not None else None,
        "clock": status.state.value if status is not None else None,
        "text": None if shown is None else text_json(shown, vocabulary),
        "digest": None if shown is None else shown.version.parts.digest,
        "written_at": None if shown is None else to_z(shown.version.written_at),
        "facts_sha256": facts_sha256,
        "lacking": _remarks(page.lacking, vocabulary), "next_step": page.next_step,
        "items": [_item(name, how, vocabulary, asked) for name, how in page.checked.found.statuses],
        "check": checked_json(page.checked), "unverified_zh": _unverified_zh(page),
        "remarks": [] if shown is None else _remarks(shown.draft.remarks, vocabulary, without=shown.draft.unsettled),
        "unsettled": [] if shown is None else _remarks(shown.draft.unsettled, vocabulary),
        "lint": None if shown is None else lint_json(shown.lint, name=page.notice.id),
        "versions": [proposal_json(proposal) for proposal in page.proposals],
        "current": None if current is None else current.digest,
        "approved": current is not None and current.is_approved,
        "mine": current is not None and current.approval_of(who) is not None,
        "changed": list(page.changed), "diff": None if diff is None else diff_json(diff),
        "merge": page.is_merge, "not_by_mail": page.not_by_mail or None,
        "filed": {
            "filings": [filing_json(filing) for filing in page.filed.filings],
            "stages": [stage_json(stage, page.notice.id, vocabulary) for stage in page.filed.stages],
            "waits_for": list(page.filed.waits_for),
            "promised": [open_item_json(open_item) for open_item in page.filed.promised],
        },
        "addressed": list(page.addressed), "authority": office_json(page.office), "offices": offices_json(page.office),
    }  # fmt: skip


def _unverified_zh(page: LetterPage) -> list[str]:
    """What of the rule is still to be verified, in Chinese."""
    return list(page.notice.verify_words("zh")) if isinstance(page.notice, Duty) else []


def text_json(shown: ShownLetter, vocabulary: Vocabulary) -> dict[str, Any]:
    """The letter as it goes out, in blocks, with the free passages in them."""
    letter: Letter = shown.letter
    return {
        "title": letter.title, "sender": list(letter.sender), "addressee": list(letter.addressee),
        "to_fill_in": list(shown.draft.to_fill_in), "reference": letter.reference, "date_line": letter.date_line,
        "salutation": letter.salutation, "blocks": [_block(block) for block in shown.passages.blocks],
        "closing": letter.closing, "signature": list(letter.signature), "footer": list(shown.draft.footer),
        "mark": letter.mark, "lang": letter.traits.tag,
        "passages": [_passage(passage, vocabulary) for passage in shown.passages.passages],
    }  # fmt: skip


def _block(block: ShownBlock) -> dict[str, Any]:
    return {"kind": block.kind, "where": block.where, "lines": [_line(line) for line in block.lines]}


def _line(line: Line) -> dict[str, Any]:
    segments = [
        {"text": segment.text, "passage": segment.passage or None, "unknown": segment.is_unknown}
        for segment in line.segments
    ]
    return {"label": line.label, "unknown": line.is_unknown, "segments": segments}


def _passage(passage: Passage, vocabulary: Vocabulary) -> dict[str, Any]:
    kind = vocabulary.facts.get(passage.fact.rpartition(".")[2])
    return {
        "id": passage.id, "fact": passage.fact, "label": kind.en if kind is not None else passage.fact,
        "label_zh": kind.zh if kind is not None else passage.fact, "text": passage.text, "unknown": passage.is_unknown,
        "shared": passage.is_shared, "others": list(passage.others),
    }  # fmt: skip


def _remarks(texts: Sequence[str], vocabulary: Vocabulary, *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Each remark, with the fact that it is about where it begins with one; none about what is in `without` too."""
    known = {text.partition(": ")[0].removeprefix("the ") for text in without}
    found = []
    for text in texts:
        name, colon, rest = text.partition(": ")
        kind = vocabulary.facts.get(name) if colon else None
        if name.removeprefix("the ") not in known:
            fact = None if kind is None else {"fact": name, "label": kind.en, "label_zh": kind.zh}
            found.append({"fact": fact, "text": text if kind is None else _IN_THE_FILE.split(rest)[0]})
    return found


def _item(name: str, how: str, vocabulary: Vocabulary, asked: Collection[str]) -> dict[str, Any]:
    kind = vocabulary.facts.get(name)
    words = {"label": kind.en, "label_zh": kind.zh} if kind is not None else {"label": name, "label_zh": name}
    return {"fact": name, **words, "state": _WORDS[how], "may_be_promised": name in asked}


def diff_json(diff: LetterDiff) -> dict[str, Any]:
    """What changed since an approved version."""
    lines = [{"kind": line.kind, "text": line.text} for line in diff.lines]
    return {"digest": diff.digest, "exact": diff.is_exact, "lines": lines}


def offices_json(office: Office | None) -> list[dict[str, Any]]:
    """Every office that gets the notice, or may, with how it is reached."""
    return [] if office is None else [_office(authority) for authority in office.authorities]


def _office(authority: Authority) -> dict[str, Any]:
    form, contact = authority.form, authority.contact
    return {
        "id": authority.id, "place": authority.place, "name": authority.name_en, "name_zh": authority.name_zh,
        "name_local": authority.name_local,
        "address": list(contact.address), "phone": contact.phone, "email": contact.email, "web": contact.web,
        "form": {"kind": form.kind, "name": form.name, "url": form.url, "email": form.email, "note": form.note},
        "languages": list(authority.languages), "early": authority.early.answer, "early_note": authority.early.note,
        "hours": authority.hours,
        "notes": authority.notes, "checked_on": authority.source_of("form").on.isoformat(),
        "source_url": authority.source_of("form").url, "source_kind": authority.source_of("form").kind,
        "from_memory": list(authority.from_memory),
    }  # fmt: skip


def edited_json(found: EditedPassages, book: DutyBook) -> dict[str, Any]:
    """What became of edited passages."""
    facts = found.facts
    return {
        "incident": facts.incident, "sha256": facts.sha256, "entry": facts.sequence, "changed": list(found.changed),
        "loses": [lost_json(lose, book) for lose in found.loses],
    }  # fmt: skip


def lost_json(proposal: Proposal, book: DutyBook) -> dict[str, Any]:
    """An approved version that no longer is what goes out."""
    known = next((each for each in (*book.duties, *book.practice) if each.id == proposal.subject.duty), None)
    named = (
        notice_content_json(known)
        if known is not None
        else {"letter": proposal.subject.duty, "law": None, "law_zh": None}
    )
    return {
        **{name: named.get(name) for name in ("letter", "law", "law_zh", "recipient")},
        "stage": proposal.subject.stage or None, "lang": proposal.subject.lang or None, "digest": proposal.digest,
        "by": [approval.by for approval in proposal.approvals],
    }  # fmt: skip

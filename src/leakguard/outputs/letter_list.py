"""Letters of an incident, and of all incidents, as plain values: how far each is, for whom, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leakguard.mailing.approvals import NEEDED, Proposal
from leakguard.models.deliveries import DeliveryState
from leakguard.models.events import Event
from leakguard.models.moments import to_z
from leakguard.models.people import Signatory
from leakguard.notices.duties import Duty
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.practice import Practice
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.offices import office_json
from leakguard.use_cases.letters.letter_board import BoardLetter, BoardLetters
from leakguard.use_cases.letters.letter_states import LetterState, SendingStatus

if TYPE_CHECKING:
    from leakguard.use_cases.letters.letter_list import LetterRow


def notice_content_json(notice: NoticeContent) -> dict[str, Any]:
    """Which letter it is: its law, or what it is good for, and its recipient."""
    duty = notice if isinstance(notice, Duty) else None
    return {
        "letter": notice.id,
        "law": f"{duty.law}, {duty.article}" if duty is not None else None,
        "law_zh": notice.law_words("zh"),
        "why": notice.why if isinstance(notice, Practice) else None,
        "recipient": {
            "type": notice.recipient.type, "name": notice.recipient.name, "name_zh": notice.recipient_words("zh"),
        },
        "soft": duty is not None and duty.soft,
    }  # fmt: skip


def stage_json(stage: str, letter: str, vocabulary: Vocabulary) -> dict[str, str] | None:
    """A stage in words; nothing for a letter that has none."""
    if not stage:
        return None
    words = {lang: vocabulary.stage_words(stage, lang, letter) for lang in ("en", "zh")}
    return {"stage": stage, **words}


def letters_json(
    incident: str, rows: Sequence[LetterRow], who: Signatory, vocabulary: Vocabulary, *, has_facts: bool
) -> dict[str, Any]:  # fmt: skip
    """Every letter of an incident."""
    return {"incident": incident, "has_facts": has_facts, "letters": [_row(row, who, vocabulary) for row in rows]}


def _row(row: LetterRow, who: Signatory, vocabulary: Vocabulary) -> dict[str, Any]:
    status, limit = row.status, row.limit
    return {
        **notice_content_json(row.notice),
        "stage": stage_json(row.stage, row.notice.id, vocabulary),
        "applies": row.applies.value if row.applies is not None else None,
        "state": row.state.value,
        "work_by": to_z(limit) if limit is not None else None,
        "clock": status.state.value if status is not None else None,
        "from_memory": status is not None and status.rule.from_memory,
        "missing": [_item(name, vocabulary) for name in row.lacks],
        "unclear": [_item(name, vocabulary) for name in row.unclear],
        "languages": list(row.langs),
        "usual_language": row.usual,
        "authority": office_json(row.office),
        "approved": [
            approved_json(proposal, who, is_changed=proposal.digest in row.changed) for proposal in row.approved
        ],
        "mine": row.state is LetterState.SECOND and all(proposal.approval_of(who) is None for proposal in row.approved),
        "merge": row.is_merge,
        "filed": filing_json(row.filing),
        "sent": sent_json(row.sent),
    }


def _item(name: str, vocabulary: Vocabulary) -> dict[str, str]:
    kind = vocabulary.facts.get(name)
    return {"fact": name, "label": kind.en if kind is not None else name, "label_zh": kind.zh if kind else name}


def approved_json(proposal: Proposal, who: Signatory, *, is_changed: bool) -> dict[str, Any]:
    """Who approves a version; `mine` is whether the reader does."""
    return {
        "lang": proposal.subject.lang or None, "digest": proposal.digest,
        "by": [approval.by for approval in proposal.approvals],
        "needed": NEEDED, "mine": proposal.approval_of(who) is not None, "changed": is_changed,
    }  # fmt: skip


def filing_json(event: Event | None) -> dict[str, Any] | None:
    """What was filed: when, and what the recipient files it under."""
    if event is None:
        return None
    return {
        "event": event.id, "at": to_z(event.occurred_at.earliest),
        "reference": str(event.fields.get("reference") or ""),
        "stage": str(event.fields.get("stage") or ""), "by": event.by or None,
    }  # fmt: skip


def sent_json(sent: SendingStatus) -> dict[str, Any]:
    """How many letters stand how, how many nobody began, and for how many rows there is none."""
    counts = {state.value: sent.by_state.get(state, 0) for state in DeliveryState}
    return {
        "begun": sent.is_begun, "counts": counts, "bounced": sent.bounced, "unbegun": sent.unbegun,
        "without_letter": sent.without_letter,
    }  # fmt: skip


_GROUPS = (
    LetterState.UNSENT, LetterState.BOUNCED, LetterState.SECOND, LetterState.CHANGED, LetterState.TO_APPROVE,
    LetterState.APPROVED, LetterState.SENT, LetterState.FILED,
)  # fmt: skip
"""In the order in which a person works on them."""


def board_letters_json(
    found: BoardLetters, who: Signatory, vocabulary: Vocabulary, *, limit: int
) -> dict[str, Any]:  # fmt: skip
    """The letters of all incidents by state: of each the first `limit`, what waits for the reader first."""
    groups = []
    for state in _GROUPS:
        mine = sorted(
            (letter for letter in found.letters if letter.state is state), key=lambda letter: letter.order(who)
        )
        count = found.untouched if state is LetterState.TO_APPROVE else 0
        rows = [_board_row(letter, who, vocabulary) for letter in mine[:limit]]
        groups.append({"state": state.value, "count": max(count, len(mine)), "letters": rows})
    return {"groups": groups, "mine": sum(letter.waits_for(who) for letter in found.letters)}


def named_json(duty: Duty | None, letter: str) -> dict[str, Any]:
    """Which letter it is, also of one that no duty of this release asks for."""
    if duty is not None:
        return notice_content_json(duty)
    return {"letter": letter, "law": None, "law_zh": None, "why": None, "recipient": None, "soft": False}


def _board_row(letter: BoardLetter, who: Signatory, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        **named_json(letter.duty, letter.letter),
        "incident": letter.incident, "incident_title": letter.incident_title,
        "stage": stage_json(letter.stage, letter.letter, vocabulary),
        "state": letter.state.value, "work_by": to_z(letter.limit) if letter.limit is not None else None,
        "from_memory": letter.is_from_memory,
        "approved": [approved_json(each, who, is_changed=False) for each in letter.approved],
        "mine": letter.waits_for(who), "filed": filing_json(letter.filing), "sent": sent_json(letter.sent),
    }  # fmt: skip

"""A part of the register as plain values, for a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.models.moments import to_z
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.interview import law_words, recipient_words
from leakguard.use_cases.letters.register_rows import RegisterPage, RegisterRow, SentNotice


def register_json(page: RegisterPage, book: DutyBook) -> dict[str, Any]:
    """The rows, how many fit, and where the next part begins."""
    duties = {duty.id: duty for duty in book.duties}
    return {"rows": [_row(row, duties, book.vocabulary) for row in page.rows], "all": page.all, "next": page.next}


def _row(register_row: RegisterRow, duties: Mapping[str, Duty], vocabulary: Vocabulary) -> dict[str, Any]:
    facts = register_row.facts
    risk = _value(facts.get("risk"))
    return {
        "incident": register_row.id, "title": register_row.title, "state": register_row.state,
        "opened_at": to_z(register_row.opened_at),
        "aware_at": register_row.aware_at and to_z(register_row.aware_at), "has_facts": bool(facts),
        "what": _text(facts.get("breach_description")), "measures": _text(facts.get("measures_taken")),
        "categories": _categories(facts.get("data_categories"), vocabulary),
        "people": _span(facts.get("subject_count")),
        "people_unknown": _reason(facts.get("subject_count")), "risk": risk if isinstance(risk, str) else None,
        "why": str((facts.get("risk") or {}).get("why") or ""),
        "told": [_notice_json(each, duties) for each in register_row.told],
        "decided": [text for text in register_row.decided if text],
    }  # fmt: skip


def _notice_json(sent_notice: SentNotice, duties: Mapping[str, Duty]) -> dict[str, Any]:
    duty = duties.get(sent_notice.duty)
    return {
        "at": to_z(sent_notice.at), "kind": sent_notice.kind, "duty": sent_notice.duty or None,
        "stage": sent_notice.stage or None,
        "reference": sent_notice.reference or None, "law": law_words(duty) if duty is not None else None,
        "recipient": recipient_words(duty) if duty is not None else None,
    }  # fmt: skip


def _value(fact: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    return fact.get("value", fact.get("estimate")) if isinstance(fact, Mapping) else None


def _text(fact: Any) -> dict[str, str] | None:  # noqa: ANN401  (as above)
    """In both languages of the screen where somebody wrote both; else the same text twice."""
    value = _value(fact)
    if isinstance(value, Mapping):
        first = _line(next(iter(value.values()), ""))
        return {"en": _line(value.get("en")) or first, "zh": _line(value.get("zh")) or first}
    line = _line(value)
    return {"en": line, "zh": line} if line else None


def _line(value: Any) -> str:  # noqa: ANN401  (as above)
    if isinstance(value, list):
        return "; ".join(_line(item) for item in value)
    if isinstance(value, Mapping):
        return _line(next(iter(value.values()), ""))
    return "" if value is None else str(value)


def _categories(fact: Any, vocabulary: Vocabulary) -> list[dict[str, str]]:  # noqa: ANN401  (as above)
    value = _value(fact)
    known = [category for category in value if vocabulary.is_category(str(category))] if isinstance(value, list) else []
    return [
        {
            "code": category,
            "en": vocabulary.category_words(category, "en"),
            "zh": vocabulary.category_words(category, "zh"),
        }
        for category in known
    ]


def _span(fact: Any) -> dict[str, Any] | None:  # noqa: ANN401  (as above)
    value = _value(fact)
    estimated = isinstance(fact, Mapping) and "value" not in fact
    if isinstance(value, int):
        return {"low": value, "high": value, "estimated": estimated}
    if isinstance(value, Mapping) and "low" in value:
        return {"low": value["low"], "high": value["high"], "estimated": estimated}
    return None


def _reason(fact: Any) -> str | None:  # noqa: ANN401  (as above)
    return (_line(fact["unknown"]) or None) if isinstance(fact, Mapping) and "unknown" in fact else None

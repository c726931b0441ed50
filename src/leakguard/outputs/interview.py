"""The interview of an incident as plain values: what to ask and why, and how the duties stand, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.languages import BOTH
from leakguard.models.moments import to_z
from leakguard.notices.assess import Assessment
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.fact_guide import FactGuide
from leakguard.notices.facts import Fact
from leakguard.notices.judging import Answer
from leakguard.notices.place_states import PlaceRow, PlaceState, row_json
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.lengths import length_words
from leakguard.use_cases.incidents.kept_facts import KeptFacts
from leakguard.use_cases.letters.assess_notices import AssessedDuties
from leakguard.use_cases.letters.interview import AskedQuestion, Interview

WHY = 3
"""Duties that a question names; the others are counted."""
_NEVER = datetime.max.replace(tzinfo=UTC)
_WHERE = frozenset({"subjects_by_jurisdiction", "operates_in", "organisation"})
"""Facts without which the law of every place may apply."""


def interview_json(asked: Interview, kept: KeptFacts) -> dict[str, Any]:
    """The questions in their order, and the duties beside them."""
    found, guide = asked.found, asked.guide
    of = {assessment.duty.id: assessment for assessment in found.assessments}
    stated = [fact for fact in found.work.facts.stated.values() if fact.has_value]
    return {
        "incident": kept.incident, "sha256": kept.sha256, "written_at": to_z(kept.written_at), "by": kept.by or None,
        "answered": len(stated),
        "questions": [_question(question, of, found, guide) for question in asked.open],
        "put_off": [_question(question, of, found, guide) for question in asked.put_off],
        "duties": duties_json(found),
    }  # fmt: skip


def duties_json(found: AssessedDuties) -> dict[str, Any]:
    """The duties by their answer, the soonest limit first; those that do not apply are counted."""
    rows = sorted(found.assessments, key=_urgency)
    of = {answer: [row for row in rows if row.applies is answer and not row.is_dormant] for answer in Answer}
    return {
        "law_of": found.law_of,
        "applies": [duty_row(assessment, found) for assessment in of[Answer.YES]],
        "needs_fact": [duty_row(assessment, found) for assessment in sorted(of[Answer.NEEDS_FACT], key=_is_anywhere)],
        "places": [_place(row, found) for row in found.places if row.state is PlaceState.NO_RULE_KNOWN],
        "no_rule_known": len(of[Answer.NO_RULE_KNOWN]),
        "does_not_apply": sum(row.applies is Answer.NO or row.is_dormant for row in rows),
        "contradictions": list(found.contradictions),
        "undecided": list(found.undecided),
    }  # fmt: skip


def _urgency(assessment: Assessment) -> tuple[datetime, bool, str]:
    status = open_stage(assessment)
    limit = status[1].work_by if status is not None else None
    return limit or _NEVER, assessment.duty.soft, assessment.duty.id


def _is_anywhere(assessment: Assessment) -> bool:
    """Whether it depends on where the people live: it stands behind what depends on a fact of the incident alone."""
    return bool({name.partition(".")[0] for name in assessment.missing_facts} & _WHERE)


def open_stage(assessment: Assessment) -> tuple[str, ClockStatus] | None:
    """The first stage that has not ended; the last one where all have; `None` for a duty without a clock."""
    running = [pair for pair in assessment.phases if pair[1].verdict.ended_at is None]
    return next(iter((*running, *assessment.phases[-1:])), None)


def duty_row(assessment: Assessment, found: AssessedDuties) -> dict[str, Any]:
    """One duty in a line."""
    stage = open_stage(assessment)
    status = stage[1] if stage is not None else None
    return {
        "duty": assessment.duty.id, "applies": assessment.applies.value, "law": law_words(assessment.duty),
        "jurisdiction": assessment.duty.jurisdiction,
        "to": assessment.duty.recipient.type, "recipient": recipient_words(assessment.duty),
        "office": office_words_json(found.offices.get(assessment.duty.id)),
        "stage": stage[0] if stage is not None else None,
        "state": status.state.value if status is not None else None,
        "work_by": to_z(status.work_by) if status is not None and status.work_by is not None else None,
        "is_done": status is not None and status.verdict.ended_at is not None,
        "length": _length(status), "soft": assessment.duty.soft,
        "from_memory": status is not None and status.rule.from_memory,
        "missing_facts": [_name(name, found.work.book.vocabulary) for name in assessment.missing_facts],
        "overridden": assessment.override is not None, "organisations": list(assessment.parties),
    }  # fmt: skip


def law_words(duty: Duty) -> dict[str, str]:
    """The law and its article."""
    return {"en": f"{duty.law}, {duty.article}", "zh": duty.law_words("zh")}


def recipient_words(duty: Duty) -> dict[str, str]:
    """To whom the notice goes."""
    return {"en": duty.recipient.name, "zh": duty.recipient.name_zh or duty.recipient.name}


def office_words_json(office: Office | None) -> dict[str, str] | None:
    """The office by its names, where one is competent."""
    authority = office.authority if office is not None else None
    return (
        None
        if authority is None
        else {"id": authority.id, "en": authority.name_en, "zh": authority.name_zh or authority.name_local}
    )


def _length(status: ClockStatus | None) -> dict[str, str] | None:
    words = length_words(status.rule) if status is not None else ""
    return {"en": words, "zh": length_words(status.rule, "zh")} if status is not None and words else None


def _name(fact: str, vocabulary: Vocabulary) -> dict[str, str]:
    """A fact by its name."""
    head = fact.partition(".")[0]
    kind = vocabulary.facts.get(head)
    if kind is None:
        words = _OF_ORGANISATION.get(fact, (fact, fact))
        return {"fact": fact, "en": words[0], "zh": words[1]}
    return {"fact": fact, "en": kind.en, "zh": kind.zh}


_OTHER_KINDS = {"organisation.country": "country", "organisation.region": "country"}
_OF_ORGANISATION = {
    "organisation.country": ("The country that the organisation is established in", "单位设立地所在国家或地区"),
    "organisation.region": (
        "The part of the country that the organisation is established in, such as US-OH",
        "单位设立地所在的省级或州级地区，如 US-OH",
    ),
}  # fmt: skip


def _place(row: PlaceRow, found: AssessedDuties) -> dict[str, Any]:
    vocabulary = found.work.book.vocabulary
    counts = found.work.facts.get("subjects_by_jurisdiction")
    value = counts.value if counts is not None and isinstance(counts.value, dict) else {}
    span = value.get(row.place)
    role = vocabulary.obligated[row.role]
    return {
        **row_json(row), "name": {lang: vocabulary.place_words(row.place, lang) for lang in BOTH},
        "role_words": {"en": role.en, "zh": role.zh},
        "people": None if span is None else {"low": span.low, "high": span.high}, "is_open": row.is_open,
    }  # fmt: skip


def fact_kind_json(name: str, vocabulary: Vocabulary, guide: FactGuide) -> dict[str, Any]:
    """How a fact is asked: its kind, its words, what may be chosen, and what usually answers it."""
    head = name.partition(".")[0]
    kind, question = vocabulary.facts.get(head), guide.question(head)
    label = _name(name, vocabulary)
    unit = vocabulary.units[kind.unit] if kind is not None and kind.unit else None
    words = guide.choices.get(head, {})
    return {
        "fact": name, "kind": kind.kind if kind is not None else _OTHER_KINDS.get(name, "roles"),
        "label": {"en": label["en"], "zh": label["zh"]}, "is_list": head in guide.lists,
        "ask": {"en": question.en, "zh": question.zh} if question is not None else None,
        "answered_by": {"en": question.by_en, "zh": question.by_zh} if question and question.by_en else None,
        "unit": {"en": unit.of("en", "other"), "zh": unit.of("zh", "other")} if unit is not None else None,
        "options": [
            {"code": code, "en": words[code].en if code in words else code.replace("_", " "),
             "zh": words[code].zh if code in words else code}
            for code in (kind.options if kind is not None else ())
        ],
    }  # fmt: skip


def stated_json(fact: Fact | None) -> dict[str, Any] | None:
    """What was stated, in short."""
    if fact is None:
        return None
    return {"state": fact.state.value, "reason": fact.reason.first if fact.reason is not None else None}


def _question(
    asked: AskedQuestion, of: dict[str, Assessment], found: AssessedDuties, guide: FactGuide
) -> dict[str, Any]:
    question, vocabulary = asked.question, found.work.book.vocabulary
    document = fact_kind_json(question.fact, vocabulary, guide)
    if document["kind"] == "roles":
        document["ask"] = {"en": question.asks, "zh": question.asks_zh or question.asks}
        document["options"] = [
            {"code": role, "en": vocabulary.obligated[role].en, "zh": vocabulary.obligated[role].zh}
            for role in question.options
        ]
    return {
        **document, "for": "letter" if asked.is_for_letter else "law", "stated": stated_json(asked.stated),
        "deadline": None if question.deadline is None else to_z(question.deadline),
        "from_memory": question.is_from_memory,
        "why": [duty_row(of[name], found) for name in _named(question.duties, of)], "duties": list(question.duties),
        "unclear": list(question.unclear),
    }  # fmt: skip


def _named(duties: Sequence[str], of: dict[str, Assessment]) -> list[str]:
    """The duties to name first: statute before recommendations, in the order of their urgency."""
    known = sorted((name for name in duties if name in of), key=lambda name: of[name].duty.soft)
    laws = {law_words(of[name].duty)["en"]: name for name in reversed(known)}  # one duty a law is enough
    return [name for name in known if name in laws.values()][:WHY]


def catalogue_json(vocabulary: Vocabulary, guide: FactGuide) -> dict[str, Any]:
    """Every fact that a facts file may state, in the sections of the form, with the words that answers are made of."""
    return {
        "sections": [
            {
                "id": section.id, "en": section.en, "zh": section.zh,
                "facts": [fact_kind_json(name, vocabulary, guide) for name in guide.facts_of(section, vocabulary)],
            }
            for section in guide.sections
        ],
        "organisation": [_own_entry(name, kind, words, vocabulary) for name, kind, words in _ORGANISATION],
        "categories": [{"code": code, "en": words.en, "zh": words.zh} for code, words in vocabulary.categories.items()],
        "roles": [{"code": code, "en": words.en, "zh": words.zh} for code, words in vocabulary.obligated.items()],
        "sectors": [{"code": code, "en": sector.en, "zh": sector.zh} for code, sector in vocabulary.sectors.items()],
        "bodies": [{"code": code, "en": body.en, "zh": body.zh} for code, body in vocabulary.bodies.items()],
        "places": _places(vocabulary),
    }  # fmt: skip


_ORGANISATION = (
    ("organisation.name", "text", ("Name of the organisation", "单位名称")),
    ("organisation.country", "country", ("Country of its seat", "所在国家或地区")),
    (
        "organisation.region",
        "country",
        ("Part of the country, such as DE-BE or CN-SH", "省级或州级地区，如 CN-SH、DE-BE"),
    ),
    ("organisation.sector", "text", ("What it does, such as education or banking", "所属行业，如教育、银行")),
    ("organisation.registration", "text", ("Registration number", "登记号码")),
    (
        "organisation.body",
        "body",
        ("Sort of body, where that decides which office is competent", "单位性质（决定主管机关时填写）"),
    ),
    ("organisation.contact", "contact", ("How to reach us", "联系方式")),
    (
        "organisation.dpo",
        "contact",
        ("Data protection officer or other contact point", "个人信息保护负责人或其他联络人"),
    ),
)


def _own_entry(name: str, kind: str, words: tuple[str, str], vocabulary: Vocabulary) -> dict[str, Any]:
    """An entry of the organisation, as a fact is asked."""
    bodies = [{"code": code, "en": body.en, "zh": body.zh} for code, body in vocabulary.bodies.items()]
    return {
        "fact": name, "kind": kind, "label": {"en": words[0], "zh": words[1]}, "is_list": False, "ask": None,
        "answered_by": None, "unit": None, "options": bodies if kind == "body" else [],
    }  # fmt: skip


def _places(vocabulary: Vocabulary) -> list[dict[str, str]]:
    """Countries, and the subdivisions that have a law of their own."""
    parts = [f"{country}-{part}" for country, some in vocabulary.subdivisions.items() for part in some]
    named = [code for code in vocabulary.place_names if code in parts or code.startswith("US-")]
    codes = dict.fromkeys((*(vocabulary.place(code) for code in vocabulary.countries), *named))
    return [
        {"code": code, "en": vocabulary.place_words(code, "en"), "zh": vocabulary.place_words(code, "zh")}
        for code in codes
    ]

"""One duty as a page tells it: its rule, clocks and sources; for an incident, each condition with its fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from leakguard.models.languages import BOTH
from leakguard.models.moments import to_z
from leakguard.notices.assess import Assessment, sourced
from leakguard.notices.duties import Duty
from leakguard.notices.expressions import Expression
from leakguard.notices.facts import COUNTRY, REGION, Facts, FactState
from leakguard.notices.judging import Answer, judge
from leakguard.notices.reasons_zh import reason_zh
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.duties import duty_json
from leakguard.outputs.interview import duty_row, law_words, recipient_words
from leakguard.outputs.lengths import length_words
from leakguard.outputs.offices import office_json, why_words
from leakguard.use_cases.letters.assess_notices import AssessedDuties


def told_duty(duty: Duty, vocabulary: Vocabulary) -> dict[str, Any]:
    """The duty by itself."""
    return {
        **duty_json(duty), "law_words": law_words(duty), "recipient_words": recipient_words(duty),
        "rule": duty.trigger.text, "thresholds": list(duty.trigger.thresholds),
        "obligated": _roles(duty.obligated, vocabulary),
        "stages": [
            {"name": phase.name, "length": _length(phase.clock), "soft": phase.clock.soft, "note": phase.note,
             "words": {lang: vocabulary.stage_words(phase.name, lang, duty.id) for lang in BOTH}}
            for phase in duty.phases
        ],
        "content": [
            {**_words(item.item, vocabulary.facts[item.item].en, vocabulary.facts[item.item].zh),
             "required": item.required, "means": _means(item.required, vocabulary), "text": item.text}
            for item in duty.content if item.item in vocabulary.facts
        ],
        "must_not_contain": [_words(item, vocabulary.facts[item].en, vocabulary.facts[item].zh)
                             for item in duty.must_not_contain if item in vocabulary.facts],
        "exemptions": [exemption.text for exemption in duty.exemptions], "languages": list(duty.language.codes),
        "language_note": duty.language.text, "channel": duty.channel, "penalties": duty.penalties,
        "late_rule": duty.late_rule, "notes": duty.notes, **sourced(duty),
        "verify_fields_zh": list(duty.verify_words("zh")),
    }  # fmt: skip


_REGIONS_ZH = {"EEA": "欧洲经济区", "EU": "欧盟"}


def _words(code: str, en: str, zh: str) -> dict[str, str]:
    return {"code": code, "en": en, "zh": zh}


def _roles(roles: Iterable[str], vocabulary: Vocabulary) -> list[dict[str, str]]:
    return [_words(role, vocabulary.obligated[role].en, vocabulary.obligated[role].zh) for role in roles]


def _means(required: str, vocabulary: Vocabulary) -> str:
    condition = vocabulary.conditions.get(required)
    return condition.means if condition is not None else required


def _length(clock: Any) -> dict[str, str] | None:  # noqa: ANN401  (a clock's rule)
    words = length_words(clock)
    return {"en": words, "zh": length_words(clock, "zh")} if words else None


def duty_of_incident(assessment: Assessment, found: AssessedDuties) -> dict[str, Any]:
    """The duty as it stands to an incident; `conditions` is its rule, each part with the fact that answers it."""
    facts, vocabulary, duty = found.work.facts, found.work.book.vocabulary, assessment.duty
    office = found.offices.get(duty.id)
    parties = facts.parties()
    named = [party for party in parties if party.organisation.name.first in assessment.parties] or list(parties[:1])
    return {
        **told_duty(duty, vocabulary), "row": duty_row(assessment, found), "because": assessment.because,
        "because_zh": _because_zh(assessment, found), "consider": list(assessment.consider),
        "law_of": found.law_of, "dormant": assessment.is_dormant,
        "addressed": _roles([role for role in duty.obligated if role in named[0].obligated_as], vocabulary),
        "conditions": condition_json(duty.trigger.rule, named[0], vocabulary),
        "exempted": [
            {"text": text.text, "answer": judge(text.when, named[0], vocabulary).answer.value if text.when else "judge"}
            for text in duty.exemptions
        ],
        "clocks": [
            {"stage": name, "state": status.state.value, "work_by": status.work_by and to_z(status.work_by),
             "ended_at": status.verdict.ended_at and to_z(status.verdict.ended_at), "clock": status.id,
             "length": _length(status.rule), "zone": status.rule.zone, "from_memory": status.rule.from_memory}
            for name, status in assessment.phases
        ],
        "authority": office_json(office), "authority_because": why_words(office, "en") if office is not None else "",
        "authority_because_zh": why_words(office, "zh") if office is not None else "",
        "override": None if assessment.override is None else {
            "applies": "yes" if assessment.override.is_applicable else "no", "by": assessment.override.by,
            "reason": assessment.override.reason, "recorded_at": to_z(assessment.override.at),
        },
    }  # fmt: skip


def _because_zh(assessment: Assessment, found: AssessedDuties) -> str | None:
    """The reason in Chinese; `None` where only its English form is there, which the catalogues know.

    What a person wrote in Chinese about a fact goes before what they wrote in English.
    """
    facts = found.work.facts
    if reason := reason_zh(assessment, facts, found.work.now, found.work.book.vocabulary):
        return reason
    text = assessment.because
    for fact in facts.stated.values():
        if fact.reason is not None and (chinese := fact.reason.of("zh")):
            text = text.replace(fact.reason.first, chinese)
    return text if text != assessment.because else None


def condition_json(rule: Expression, facts: Facts, vocabulary: Vocabulary) -> dict[str, Any]:
    """One node of the rule with its answer; `parts` are the nodes below it."""
    found = judge(rule, facts, vocabulary)
    head = next(name for name in ("all", "any", "not", "leaf") if name == "leaf" or rule.part(name) is not None)
    parts = [condition_json(child, facts, vocabulary) for child in rule.children]
    return {
        "kind": head, "text": rule.text or (_clause(found.because) if head == "leaf" else ""),
        "text_zh": _text_zh(rule, vocabulary) if head == "leaf" else None,
        "detail_zh": _detail_zh(rule, facts, vocabulary) if head == "leaf" else None,
        "answer": found.answer.value, "detail": _detail(found.because) if head == "leaf" else "",
        "fact": (REGION if REGION in found.missing else _fact_of(rule)) if head == "leaf" else None, "parts": parts,
    }  # fmt: skip


def _clause(because: tuple[str, ...]) -> str:
    """What of the reason names the condition."""
    return because[0].partition(": ")[0] if because else ""


def _detail(because: tuple[str, ...]) -> str:
    """What of the reason stands in its brackets: how the fact is stated."""
    text = because[0] if because else ""
    return text[text.find("(") + 1 : -1] if text.endswith(")") and "(" in text else text


def _text_zh(leaf: Expression, vocabulary: Vocabulary) -> str:
    """The condition in Chinese, from the names of its fact and its places."""
    if leaf.organisation_in is not None:
        return f"单位设立于{_place_zh(leaf.organisation_in, vocabulary)}"
    if leaf.operates_in is not None:
        return f"在{_place_zh(leaf.operates_in, vocabulary)}运营网络或者提供服务"
    if leaf.residents is not None:
        return f"受影响的人居住于{_place_zh(leaf.residents, vocabulary)}"
    if leaf.categories is not None:
        named = "、".join(vocabulary.category_words(category, "zh") for category in leaf.categories)
        return f"涉及以下任一数据：{named}"
    kind = vocabulary.facts.get(str(leaf.fact).partition(".")[0])
    return kind.zh if kind is not None else str(leaf.fact)


def _place_zh(place: str, vocabulary: Vocabulary) -> str:
    """The name of a place, or of a region of several."""
    return _REGIONS_ZH.get(place) or vocabulary.place_words(place, "zh")


def _detail_zh(leaf: Expression, facts: Facts, vocabulary: Vocabulary) -> str | None:
    """How the fact is stated, in Chinese; `None` where only the English reason tells it."""
    if leaf.organisation_in is not None:
        seat = facts.organisation.seat
        lacks = "，未填写具体地区" if _asks_for_region(leaf, facts, vocabulary) else ""
        return f"单位位于{_place_zh(seat, vocabulary)}{lacks}" if seat else "尚未填写"
    fact = facts.get(_fact_of(leaf))
    if fact is None:
        return "尚未填写"
    if fact.state is FactState.UNKNOWN:
        return f"尚不清楚：{fact.reason.of('zh') or fact.reason.first}" if fact.reason is not None else "尚不清楚"
    return {True: "已填：是", False: "已填：否"}[fact.value] if isinstance(fact.value, bool) else None


def _asks_for_region(leaf: Expression, facts: Facts, vocabulary: Vocabulary) -> bool:
    return REGION in judge(leaf, facts, vocabulary).missing


def _fact_of(leaf: Expression) -> str:
    if leaf.organisation_in is not None:
        return COUNTRY
    if leaf.categories is not None:
        return "data_categories"
    if leaf.operates_in is not None:
        return "operates_in"
    return "subjects_by_jurisdiction" if leaf.residents is not None else str(leaf.fact).partition(".")[0]


def answered_rows(found: AssessedDuties, applies: Answer) -> list[dict[str, Any]]:
    """The duties with one answer, each with its reason."""
    chosen = [assessment for assessment in found.assessments if _answer(assessment) is applies]
    return [
        {**duty_row(assessment, found), "because": assessment.because,
         "because_zh": _because_zh(assessment, found), "dormant": assessment.is_dormant}
        for assessment in chosen
    ]  # fmt: skip


def _answer(assessment: Assessment) -> Answer:
    return Answer.NO if assessment.is_dormant else assessment.applies


def book_rows(duties: Iterable[Duty], vocabulary: Vocabulary) -> Iterator[dict[str, Any]]:
    """Duties of the whole book in a list."""
    for duty in duties:
        yield {
            **duty_json(duty), "law_words": law_words(duty), "recipient_words": recipient_words(duty),
            "length": _length(duty.phases[0].clock), "from_memory": list(duty.from_memory),
            "roles": _roles(duty.obligated, vocabulary),
        }  # fmt: skip

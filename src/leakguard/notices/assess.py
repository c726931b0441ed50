"""Which duties apply to an incident: yes, no or needs fact, each with its reasons and how its clocks stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from leakguard.clocks.clock_status import ClockStatus, to_json
from leakguard.frozen import Frozen, replace
from leakguard.models.moments import to_z
from leakguard.notices.duties import Duty, Review, Source
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer, Judgement, judge, reaches
from leakguard.notices.law_of_day import Force, LawOfDay, law_on_the_day
from leakguard.notices.overrides import Override, override_of
from leakguard.notices.vocabulary import Vocabulary

OLDER = (
    "A law may be older than the version that is named here. What it said before is not among these rules: "
    "have it looked up before you take its silence for no duty."
)
TODAY = "today"
"""By which the law is chosen where nothing says when the incident came into sight."""


class Assessment(Frozen):
    """How one duty stands to one incident."""

    duty: Duty
    applies: Answer
    because: str
    missing_facts: tuple[str, ...] = ()
    unclear: tuple[tuple[str, str], ...] = ()
    """Those of the missing facts that somebody stated, each with why that is not enough."""
    consider: tuple[str, ...] = ()
    """What a person should weigh: unstated judgements, and exemptions that no rule can decide."""
    is_dormant: bool = False
    """The duty was not in force on the day of the incident."""
    phases: tuple[tuple[str, ClockStatus], ...] = ()
    """Each stage and its clock; empty when the duty does not apply."""
    override: Override | None = None
    """A person's decision; `because` then tells what the rule alone says as well."""
    parties: tuple[str, ...] = ()
    """The organisations that the answer is about, where the incident has several."""


def assess(
    duties: Sequence[Duty], facts: Facts, now: datetime, statuses: Mapping[str, ClockStatus], vocabulary: Vocabulary
) -> tuple[Assessment, ...]:
    """Assess every duty; `statuses` are the clocks by id, `<duty>.<phase>`.

    Of several organisations, each is asked, and the strongest answer stands with those that it is about.
    """
    parties = facts.parties()
    if len(parties) == 1:
        return tuple(_decided(duty, parties[0], now, statuses, vocabulary) for duty in duties)
    return tuple(
        _strongest([(party, _decided(duty, party, now, statuses, vocabulary)) for party in parties]) for duty in duties
    )


_STRENGTH = (Answer.YES, Answer.NEEDS_FACT, Answer.NO_RULE_KNOWN, Answer.NO)


def _strongest(found: Sequence[tuple[Facts, Assessment]]) -> Assessment:
    answer = min((assessment.applies for _, assessment in found), key=_STRENGTH.index)
    same = [(party, assessment) for party, assessment in found if assessment.applies is answer]
    names = tuple(party.organisation.name.first for party, _ in same)
    missing = dict.fromkeys(name for _, assessment in same for name in assessment.missing_facts)
    asked = [
        f"{party.organisation.name.first} may be bound as well: state {', '.join(assessment.missing_facts)}"
        for party, assessment in found
        if answer is Answer.YES and assessment.applies is Answer.NEEDS_FACT
    ]
    considered = dict.fromkeys((*(text for _, assessment in same for text in assessment.consider), *asked))
    phases = {name: status for _, assessment in reversed(same) for name, status in assessment.phases}
    return replace(
        same[0][1], parties=names, missing_facts=tuple(missing), consider=tuple(considered),
        unclear=tuple(dict.fromkeys(pair for _, assessment in same for pair in assessment.unclear)),
        phases=tuple(phases.items()),
    )  # fmt: skip


def _decided(
    duty: Duty, facts: Facts, now: datetime, statuses: Mapping[str, ClockStatus], vocabulary: Vocabulary
) -> Assessment:
    """What a person decided goes before what the rule says, and both are told."""
    ruled = _assess(duty, facts, now, statuses, vocabulary)
    decided = override_of(facts, duty.id)
    if decided is None:
        return ruled
    answer = Answer.YES if decided.is_applicable else Answer.NO
    by = f"{decided.by} for {decided.organisation}" if decided.organisation else decided.by
    return replace(
        ruled,
        applies=answer,
        because=f"decided by {by}: {decided.reason}; the rule alone says {ruled.applies}: {ruled.because}",
        missing_facts=(),
        unclear=(),
        is_dormant=ruled.is_dormant and answer is Answer.NO,
        phases=_phases(law_on_the_day(duty, facts, now).text, facts, statuses, vocabulary)
        if decided.is_applicable
        else (),
        override=decided,
    )


def _assess(
    duty: Duty, facts: Facts, now: datetime, statuses: Mapping[str, ClockStatus], vocabulary: Vocabulary
) -> Assessment:
    law = law_on_the_day(duty, facts, now)
    if law.addressed.isdisjoint(facts.obligated_as):
        words = " or ".join(vocabulary.obligated[word].en for word in law.text.obligated)
        article = "an" if words[0] in "aeiou" else "a"
        because = f"it addresses {article} {words}, and `obligated_as` does not list it"
        return Assessment(duty=law.text, applies=Answer.NO, because=because)
    if law.force in {Force.NONE, Force.UNKNOWN}:
        return _without_a_text(law, facts, vocabulary)
    duty, force = law.text, _force(law)
    found = _judged(duty, facts, vocabulary)
    if found.answer is Answer.NO and any(
        _judged(text, facts, vocabulary).answer is not Answer.NO for text in law.others
    ):
        found = force
    applies = Answer.NEEDS_FACT if found.answer is Answer.YES and force.answer is Answer.NEEDS_FACT else found.answer
    return Assessment(
        duty=duty,
        applies=applies,
        because="; ".join(_once(found.because, force.because)),
        missing_facts=_once(found.missing, force.missing if applies is Answer.NEEDS_FACT else ()),
        unclear=_once(found.unclear, force.unclear if applies is Answer.NEEDS_FACT else ()),
        consider=found.consider,
        phases=() if applies is Answer.NO else _phases(duty, facts, statuses, vocabulary),
    )


_Part = TypeVar("_Part")


def _once(*parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _judged(text: Duty, facts: Facts, vocabulary: Vocabulary) -> Judgement:
    """What one text of a duty says, its exemptions and its reach included."""
    found = judge(text.trigger.rule, facts, vocabulary)
    if found.answer is Answer.YES:
        found = _after_exemptions(text, found, facts, vocabulary)
    if found.answer is Answer.YES:
        found = replace(found, consider=(*found.consider, *_reach(text, facts, vocabulary)))
    return found


def _phases(
    duty: Duty, facts: Facts, statuses: Mapping[str, ClockStatus], vocabulary: Vocabulary
) -> tuple[tuple[str, ClockStatus], ...]:
    """Every stage that the facts do not rule out, with its clock."""
    called_for = (
        phase
        for phase in duty.phases
        if phase.when is None or judge(phase.when, facts, vocabulary).answer is not Answer.NO
    )
    return tuple((phase.name, statuses[phase.clock.id]) for phase in called_for if phase.clock.id in statuses)


def _without_a_text(law: LawOfDay, facts: Facts, vocabulary: Vocabulary) -> Assessment:
    """No duty where that is known, or where nobody of the place is concerned; else nobody knows."""
    duty = law.text
    if law.force is Force.NONE:
        return Assessment(duty=duty, applies=Answer.NO, because=law.because, is_dormant=True)
    if not reaches(duty.trigger.rule, facts, vocabulary):
        found = judge(duty.trigger.rule, facts, vocabulary)
        return Assessment(duty=duty, applies=Answer.NO, because="; ".join(found.because) or law.because)
    return Assessment(duty=duty, applies=Answer.NO_RULE_KNOWN, because=law.because, consider=(OLDER,))


def force_on_the_day(duty: Duty, facts: Facts, now: datetime) -> Judgement:
    """Whether the duty was law when the incident came into sight; a day known roughly may leave it open."""
    return _force(law_on_the_day(duty, facts, now))


_FORCES = {
    Force.LAW: Answer.YES, Force.NONE: Answer.NO, Force.OPEN: Answer.NEEDS_FACT, Force.UNKNOWN: Answer.NO_RULE_KNOWN,
}  # fmt: skip


def _force(law: LawOfDay) -> Judgement:
    if law.force is Force.OPEN:
        unclear = (("discovery_date", law.because),)
        because = (law.because,)
        return Judgement(answer=Answer.NEEDS_FACT, because=because, missing=("discovery_date",), unclear=unclear)
    return Judgement(answer=_FORCES[law.force], because=(law.because,) if law.because else ())


def law_of(facts: Facts, now: datetime) -> dict[str, str]:
    """The first and last day whose law was taken, and what says that the incident came into sight then."""
    sight = facts.sight()
    first, last = facts.days(now)
    by = TODAY if sight is None else sight.by
    return {"first": first.isoformat(), "last": last.isoformat(), "by": by}


def _reach(duty: Duty, facts: Facts, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Who lives elsewhere and is bound because of the people affected alone is told to confirm it.

    Laws reach abroad under conditions of their own, such as whom a service is offered to; no rule here asks for them.
    """
    leaves = tuple(duty.trigger.rule.leaves())
    if not any(leaf.residents for leaf in leaves):
        return ()
    places = (judge(leaf, facts, vocabulary) for leaf in leaves if leaf.organisation_in)
    return tuple(
        f"{place.because[0]}; a person confirms that the law reaches it because of the people affected"
        for place in places
        if place.answer is Answer.NO
    )


def _after_exemptions(duty: Duty, found: Judgement, facts: Facts, vocabulary: Vocabulary) -> Judgement:
    """An exemption that is shown to hold lifts the duty; one that is not shown is named: proof is ours to bring."""
    open_ones = []
    for exemption in duty.exemptions:
        judged = judge(exemption.when, facts, vocabulary) if exemption.when is not None else None
        if judged is not None and judged.answer is Answer.YES:
            return Judgement(answer=Answer.NO, because=(f"exempt: {exemption.text}", *judged.because))
        if judged is None or judged.answer is Answer.NEEDS_FACT:
            names = ", ".join(f"`{name}`" for name in judged.missing) if judged else ""
            open_ones.append(
                f"possible exemption: {exemption.text} (state {names})"
                if judged
                else f"possible exemption: {exemption.text}"
            )
    return Judgement(answer=Answer.YES, because=found.because, consider=tuple(open_ones))


def to_json_object(assessment: Assessment, *, now: datetime) -> dict[str, Any]:
    """The assessment as plain JSON values, as the contract with users has it."""
    duty = assessment.duty
    return {
        "duty": duty.id,
        "applies": assessment.applies.value,
        "because": assessment.because,
        "rule": duty.trigger.text,
        "missing_facts": list(assessment.missing_facts),
        "consider": list(assessment.consider),
        "dormant": assessment.is_dormant,
        "phases": [{"name": name, **to_json(status, now=now)} for name, status in assessment.phases],
        "recipient": {"type": duty.recipient.type, "name": duty.recipient.name, "note": duty.recipient.note},
        "law": f"{duty.law}, {duty.article}",
        "jurisdiction": duty.jurisdiction,
        "soft": duty.soft,
        **sourced(duty),
        "override": None if assessment.override is None else _override_json(assessment.override),
        "organisations": list(assessment.parties),
    }


def sourced(duty: Duty) -> dict[str, Any]:
    """What a rule rests on, as plain JSON values: every answer carries it."""
    return {
        "verified_on": duty.verified_on.isoformat(),
        "confidence": duty.confidence,
        "verify_fields": list(duty.verify_fields),
        "source_url": duty.source_url,
        "source_kind": duty.source_kind,
        "sources": {part: _source_json(source) for part, source in duty.sources.items()},
        "from_memory": list(duty.from_memory),
        "tried": duty.tried,
        "reviewed": None if duty.reviewed is None else _review_json(duty, duty.reviewed),
    }


def _source_json(source: Source) -> dict[str, str]:
    return {"url": source.url, "kind": source.kind, "on": source.on.isoformat()}


def _review_json(duty: Duty, review: Review) -> dict[str, Any]:
    """A review of an earlier text of the rule says so."""
    fields = {"by": review.by, "on": review.on.isoformat(), "note": review.note}
    return {**fields, "older_than_rule": duty.is_changed_since_review}


def _override_json(decided: Override) -> dict[str, Any]:
    return {
        "applies": "yes" if decided.is_applicable else "no",
        "reason": decided.reason,
        "by": decided.by,
        "event": decided.event,
        "organisation": decided.organisation or None,
        "recorded_at": to_z(decided.at),
    }

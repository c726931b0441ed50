"""The facts as the letter of one duty tells them: of the organisation that it binds, and of its place."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import replace
from leakguard.notices.audiences import audience_of
from leakguard.notices.completeness import item_standings
from leakguard.notices.data_effects import unstated
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.judging import Answer, judge
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.overrides import override_of
from leakguard.notices.places import places_of
from leakguard.notices.vocabulary import Vocabulary

_STRENGTH = (Answer.YES, Answer.NEEDS_FACT, Answer.NO_RULE_KNOWN, Answer.NO)
LOCAL_COUNT = "local_subject_count"


def facts_for_duty(notice: NoticeContent, facts: Facts, vocabulary: Vocabulary) -> Facts:
    """The facts for the letter of a duty; those of all for a letter that no law demands.

    The organisation is the first that the duty binds, else the first that it addresses. Facts that stand under
    `by_jurisdiction` for the place of the duty come before the others, and its people are counted from
    `subjects_by_jurisdiction`. Texts are those for the reader of the letter.
    """
    return _of_place(notice, facts, vocabulary).for_audience(audience_of(notice.recipient))


def _of_place(notice: NoticeContent, facts: Facts, vocabulary: Vocabulary) -> Facts:
    if not isinstance(notice, Duty):
        return facts
    bound = bound_party(notice, facts, vocabulary)
    place = place_of(notice, vocabulary)
    if place is None:
        return bound
    counted = people_of(place, bound, vocabulary)
    known = replace(bound, stated={**bound.stated, LOCAL_COUNT: counted}) if counted is not None else bound
    return known.for_place(place)


def bound_party(duty: Duty, facts: Facts, vocabulary: Vocabulary) -> Facts:
    """The facts of the organisation whose letter it is: the first that the duty binds.

    Where several have its role, a rule that is about the seat, or about what the organisation does, may bind one alone.
    """
    addressed = [party for party in facts.parties() if set(party.obligated_as) & set(duty.obligated)]
    if len(addressed) < 2:  # noqa: PLR2004  (one needs no judging)
        return addressed[0] if addressed else facts
    return min(addressed, key=lambda one: _STRENGTH.index(_answer(duty, one, vocabulary)))


def _answer(duty: Duty, party: Facts, vocabulary: Vocabulary) -> Answer:
    decided = override_of(party, duty.id)
    if decided is not None:
        return Answer.YES if decided.is_applicable else Answer.NO
    return judge(duty.trigger.rule, party, vocabulary).answer


def place_of(duty: Duty, vocabulary: Vocabulary) -> str | None:
    """The one place whose law this is; `None` for a law of several."""
    places = {vocabulary.place(code) for code in places_of(duty)}
    return places.pop() if len(places) == 1 and not places & vocabulary.regions.keys() else None


def people_of(place: str, facts: Facts, vocabulary: Vocabulary) -> Fact | None:
    """How many people live there, as far as the counts by place tell it."""
    stated = facts.get("subjects_by_jurisdiction")
    counts = stated.value if stated is not None and isinstance(stated.value, Mapping) else {}
    inside = [span for code, span in counts.items() if vocabulary.covers(place, code)]
    if stated is None or not inside:
        return None
    whole = Span(low=sum(span.low for span in inside), high=sum(span.high for span in inside))
    is_exact = stated.state is FactState.KNOWN and whole.low == whole.high
    return Fact(name=LOCAL_COUNT, state=FactState.KNOWN if is_exact else FactState.ESTIMATED, value=whole)


def facts_for_stage(notice: NoticeContent, facts: Facts, stage: str | None) -> Facts:
    """The facts for one stage: in a first notice the reason for all that is not known stands behind the effects too.

    What its items lack the letter lists by itself; what happened to the data stands in a table, each with its reason.
    """
    reason = facts.not_known_yet
    if reason is None or not notice.opens_with(stage):
        return facts
    names = tuple(unstated(notice, facts))
    unknown = {name: Fact(name=name, state=FactState.UNKNOWN, reason=reason) for name in names}
    return replace(facts, stated={**facts.stated, **unknown})


def facts_for_form(
    duty: Duty, facts: Facts, stage: str | None, vocabulary: Vocabulary, *, is_late: bool | None
) -> Facts:
    """The same for a form, which has a field for each item: what may follow is not known, with the general reason."""
    known = facts_for_stage(duty, facts, stage)
    statuses = item_standings(duty, known, stage, vocabulary, is_late=is_late)
    names = [name for name, how in statuses.items() if how == "said" and known.get(name) is None]
    unknown = {name: Fact(name=name, state=FactState.UNKNOWN, reason=facts.not_known_yet) for name in names}
    return replace(known, stated={**known.stated, **unknown}) if unknown else known

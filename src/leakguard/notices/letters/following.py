"""What a letter of one stage announces: what is not known yet and why, and which report follows by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.durations import parse_calendar_period, parse_exact
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import FINAL_STATES, State
from leakguard.models.events import Event
from leakguard.models.languages import STYLES
from leakguard.models.letters import Block, Fields, Heading, Numbered, Paragraph
from leakguard.notices.completeness import ItemStanding
from leakguard.notices.data_effects import facts_told
from leakguard.notices.duties import Duty
from leakguard.notices.duty_phases import Phase
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer, judge
from leakguard.notices.letters.filling import ready
from leakguard.notices.letters.items import LetterItems
from leakguard.notices.notice_content import OFFICES, NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary, Words
from leakguard.notices.wording import closed_up, sentence

FIRST = "initial"
"""The name of a first stage that says no more than that it is the first."""
ON_REQUEST = "authority_request_received"
_FILED = "filed"
_ANCHORS = {
    "awareness": "awareness",
    "discovery": "discovery", "discovery_or_notification": "discovery", "detection": "discovery",
    "detected": "discovery", "noticing": "discovery",
    "notice_received": "notice", "notice_read": "notice",
    "determination": "determination",
    "classification": "classification", "classified": "classification",
    "end_of_handling": "handling",
    "corrective_measure_available": "measure",
}  # fmt: skip
"""What the phrases `since_...` and `after_...` call the events from which limits count."""
_OF_DISCOVERY = frozenset(kind for kind, name in _ANCHORS.items() if name == "discovery")
"""Events from which a limit counts before anybody is aware, in the words of the law."""
_OF_THE_BEGINNING = frozenset({"awareness", "discovery", "notice", "determination", "classification"})
_HOUR = timedelta(hours=1)
_LAST_MINUTE = time(23, 59)


def is_for_stage(when: str | None, notice: NoticeContent, stage: str | None) -> bool:
    """Whether a part for the `last` of several stages, or for any other letter (`not_last`), stands in this one."""
    *earlier, last = (phase.name for phase in notice.phases) if isinstance(notice, Duty) else ("",)
    return when not in {"last", "not_last"} or (when == "last") is (bool(earlier) and stage == last)


class LetterEndings:
    """The ends of one letter: they follow from the stages of its duty, and no template has to name them."""

    def __init__(
        self,
        notice: NoticeContent,
        facts: Facts,
        lang: Lang,
        statuses: Mapping[str, ClockStatus],
        now: datetime,
        *,
        vocabulary: Vocabulary,
        phrases: Phrases,
        stage: str | None,
    ) -> None:
        is_staged = isinstance(notice, Duty) and notice.recipient.type in OFFICES and stage is not None
        self._notice = notice
        self._duty = notice if isinstance(notice, Duty) and is_staged else None
        self._facts, self._lang, self._statuses, self._now = facts, lang, statuses, now
        self._vocabulary, self._phrases, self._stage = vocabulary, phrases, stage or ""

    def title(self, filled: str, words: Words) -> str:
        """The title with the name of a first stage that has one, such as an early warning."""
        filled = f"{filled[:1].upper()}{filled[1:]}"
        is_named = self._duty is not None and self._duty.opens_with(self._stage) and self._stage != FIRST
        if not is_named or "stage" in ready(words.of(self._lang)).names:
            return filled
        stage = self._vocabulary.stage_words(self._stage, self._lang, self._notice.id)
        return self._phrases.fixed("title_of_stage", title=filled, stage=stage)

    def aware_at(self) -> str | None:
        """When we became aware, as the clock of the first stage counts; `None` while none runs.

        An authority reads of a discovery as that; to a controller, a writer's discovery is when it became aware.
        """
        status = self._statuses.get(self._notice.clock_of(None) or "")
        limit = status.computed.limb_deadline if status is not None else None
        if limit is None or (limit.anchor.kind in _OF_DISCOVERY and self._notice.recipient.type != "controller"):
            return None
        return self._phrases.on(limit.anchor.occurred_at)

    def date_line(self, today: date) -> str:
        """The day of the letter, with its hour where the limit is one in hours: a day does not show if it was kept."""
        day = self._phrases.day(today)
        if not isinstance(self._notice, Duty) or self._notice.recipient.type not in OFFICES:
            return day
        status = self._statuses.get(self._notice.clock_of(self._stage or None))
        limit = status.computed.limb_deadline if status is not None else None
        if status is None or limit is None or STYLES[self._lang].date_at_foot:
            return day
        counted = _counted(status.computed.rule.limbs[limit.limb_number].amount)
        is_exact = counted is not None and counted[1] in {"hours", "minutes"}
        return self._phrases.instant(self._now.astimezone(zone_of(self._facts.zone))) if is_exact else day

    def since(self) -> str | None:
        """A sentence that says when the clock of the first stage began; `None` in a later one and while none runs."""
        if self._duty is None or not self._duty.opens_with(self._stage):
            return None
        status = self._statuses.get(self._duty.clock_of(None))
        limit = status.computed.limb_deadline if status is not None else None
        name = _ANCHORS.get(limit.anchor.kind) if limit is not None else None
        if limit is None or name not in _OF_THE_BEGINNING:
            return None
        return closed_up(self._phrases.fixed(f"since_{name}", on=self._phrases.on(limit.anchor.occurred_at)))

    def with_beginning(self, blocks: Iterable[Block], names: frozenset[str]) -> Iterator[Block]:
        """The blocks with that sentence behind the first paragraph, where no text of the template names the moment."""
        sentence = None if names & {"since", "aware_at"} else self.since()
        for block in blocks:
            yield block
            if sentence is not None and isinstance(block, Paragraph):
                yield Paragraph(text=sentence)
                sentence = None

    def open_blocks(self, items: LetterItems, statuses: Mapping[str, ItemStanding]) -> Iterator[Block]:
        """What nobody stated, with the one reason that the facts give for all of it."""
        reason = self._facts.not_known_yet
        names = [name for name, how in statuses.items() if how == "said" and self._facts.get(name) is None]
        if not names or reason is None:
            return
        text = reason.of(self._lang)
        if text is None:
            items.problems.append(f"not_known_yet: is written for another language only; add it under `{self._lang}`")
            return
        yield Heading(text=self._phrases.fixed("open_heading"))
        yield Paragraph(text=self._open_intro(sentence(text, self._lang)))
        yield Numbered(entries=tuple(self._phrases.label(name) for name in names))

    def _open_intro(self, reason: str) -> str:
        """With the reason, unless a table above told it already."""
        contents = facts_told(self._duty, self._facts) if self._duty is not None else ()
        facts = (self._facts.get(name) for name in contents)
        if any(fact is not None and fact.reason == self._facts.not_known_yet for fact in facts):
            return self._phrases.fixed("open_intro_again")
        return self._phrases.fixed("open_intro", reason=reason)

    def blocks(self) -> Iterator[Block]:
        """The reports that follow, each with its limit where one is known."""
        phases = self._duty.after(self._stage) if self._duty is not None else ()
        rows = tuple(
            (self._label(phase), self._phrases.cell(text)) for phase in phases for text in self._due_texts(phase)
        )
        if rows:
            yield Heading(text=self._phrases.fixed("follow_heading"))
            yield Paragraph(text=self._phrases.fixed("follow_intro"))
            yield Fields(rows=rows)

    def _label(self, phase: Phase) -> str:
        words = self._vocabulary.stage_words(phase.name, self._lang, self._notice.id)
        return words[:1].upper() + words[1:]

    def _due_texts(self, phase: Phase) -> Iterator[str]:
        """When the report of a stage comes; nothing where it was filed already or this incident has no such stage."""
        status = self._statuses.get(phase.clock.id)
        is_over = status is not None and status.state in {*FINAL_STATES, State.NOT_APPLICABLE}
        is_none = phase.when is not None and judge(phase.when, self._facts, self._vocabulary).answer is Answer.NO
        if is_over or is_none:
            return
        limit = status.computed.limb_deadline if status is not None else None
        if status is None or limit is None:
            yield self._undated(phase.clock)
        elif status.work_by is None or status.work_by <= self._now:
            yield self._phrases.fixed("follow_soon")
        else:
            period = self._period(phase.clock.limbs[limit.limb_number].amount, self._after(limit.anchor))
            yield self._dated(status.work_by, phase.clock, period)

    def _dated(self, limit: datetime, rule: ClockRule, period: str | None) -> str:
        local = limit.astimezone(zone_of(rule.zone or self._facts.zone))
        is_day = local.time() >= _LAST_MINUTE
        when = self._phrases.day(local.date()) if is_day else self._phrases.instant(local)
        if period is None:
            return self._phrases.fixed("follow_at_latest", when=when)
        return self._phrases.fixed("follow_by", when=when, period=period)

    def _undated(self, rule: ClockRule) -> str:
        """Of a clock that does not run yet: how long after what, where its rule says that."""
        first = rule.limbs[0]
        pick = first.selector.patterns[0]
        if pick.kind == ON_REQUEST:
            return self._phrases.fixed("follow_asked")
        period = self._period(first.amount, self._after_kind(pick.kind, dict(pick.filters).get("stage", "")))
        return self._phrases.fixed("follow_soon") if period is None else self._phrases.fixed(
            "follow_within", period=period
        )  # fmt: skip

    def _after(self, anchor: Event) -> str | None:
        return self._after_kind(anchor.kind, str(anchor.fields.get("stage", "")))

    def _after_kind(self, kind: str, stage: str) -> str | None:
        if kind == _FILED and stage:
            return self._phrases.fixed(
                "after_stage", stage=self._vocabulary.stage_words(stage, self._lang, self._notice.id)
            )
        name = _ANCHORS.get(kind)
        return self._phrases.fixed(f"after_{name}") if name is not None else None

    def _period(self, amount: Amount, after: str | None) -> str | None:
        """`72 hours after we became aware`; `None` where there is no figure or no word for what it counts from."""
        counted = _counted(amount)
        if after is None or counted is None:
            return None
        return self._phrases.fixed("period_after", amount=self._phrases.counted(*counted), after=after)


def _counted(amount: Amount) -> tuple[int, str] | None:
    """How many of which unit; `None` for an amount of no single unit."""
    if amount.business_days is not None:
        return amount.business_days, "working_days"
    if amount.elapsed is not None:
        exact = parse_exact(amount.elapsed)
        return (exact // _HOUR, "hours") if not exact % _HOUR else (exact // timedelta(minutes=1), "minutes")
    if amount.calendar is None:
        return None
    period = parse_calendar_period(amount.calendar)
    if period.months and period.days:
        return None
    return (period.months, "months") if period.months else (period.days, "days")

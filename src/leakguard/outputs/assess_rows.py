"""The rows of the screen of `notice assess`: a stage of a duty each, or several that share limit and recipient."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, field
from leakguard.notices.assess import Assessment
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_stages import Stage, anchor_words, lacks_its_start
from leakguard.outputs.lengths import length_words, short_length

_SOON = timedelta(days=1)
_TERRITORIES = frozenset({"DC", "AS", "GU", "MP", "PR", "UM", "VI"})


class Row(Frozen):
    """One line of the table, with each cell in words."""

    duty: str
    limit: str = ""
    left: str = ""
    state: str = ""
    """Empty in a line that is a sentence and no row."""
    recipient: str = ""
    kind: str = ""
    """Of recipient, where there is no room for its name."""
    below: str = ""
    """What stands below the row where the screen has room."""
    codes: tuple[str, ...] = ()
    """Places that are named behind the words of a group, as many as have room."""
    ids: tuple[str, ...] = ()
    """Of the duties of a group, which stand in its place where they have room."""
    is_dated: bool = False
    """Whether it has a deadline to the hour."""
    style: str = ""
    state_style: str = ""


class RowWriter(Frozen):
    """Writes stages, or groups of them, as rows."""

    say: AssessTexts
    vocabulary: Vocabulary
    now: datetime
    numbers: Mapping[str, int]
    """Of the facts, as the list below the table has them."""
    parties: tuple[str, ...] = ()
    """The organisations of the incident, the one that reports first."""
    offices: Mapping[str, Office] = field(default_factory=dict)
    """Who gets the notice of a duty that goes to an office, by the duty."""

    def groups(self, stages: Sequence[Stage], level: int) -> list[Sequence[Stage]]:
        """What a row each is for, grouped the more the higher the level is: 0 not at all, `LEVELS - 1` by day alone."""
        groups: dict[Hashable, list[Stage]] = {}
        for stage in stages:
            groups.setdefault(_KEYS[level](self, stage), []).append(stage)
        return list(groups.values())

    def rows(self, groups: Iterable[Sequence[Stage]]) -> list[Row]:
        """The rows of groups."""
        return [self._row(group[0]) if len(group) == 1 else self._group(group) for group in groups]

    def place(self, duty: Duty) -> str:
        """`US-OH`, `CN`, `UK`: by the id of the duty."""
        first, _, rest = duty.id.partition("-")
        part = rest.partition("-")[0].upper()
        inside = part in self.vocabulary.subdivisions.get(first.upper(), ())
        return f"{first.upper()}-{part}" if inside else first.upper()

    def _row(self, stage: Stage) -> Row:
        duty, say = stage.duty, self.say
        is_only = len(duty.phases) == 1 or stage.name == "initial"
        marks = [] if is_only else [self.vocabulary.stage_words(stage.name, say.lang)]
        marks += [say("soft")] if duty.soft else []
        marks += self._whose(stage.one)
        recipient = self._recipient(duty)
        later = [self._later(name, status) for name, status in stage.later]
        then = [say("then", stages=say.listed(later))] if later else []
        length = length_words(stage.status.rule, say.lang) if not stage.is_begun else ""
        once = [say("after", length=length, events=anchor_words(stage.status, say("or")))] if length else []
        return Row(
            limit=self._limit(stage), left=self._left(stage), state=self._state([stage]),
            duty=say("brackets", text=duty.id, inside=say("comma").join(marks)) if marks else duty.id,
            recipient=recipient, kind=say.whom(duty.recipient.type, is_one=True),
            below=say("semicolon").join([recipient, *once, *then]),
            is_dated=stage.is_dated, style=self._style(stage), state_style=_state_style(stage),
        )  # fmt: skip

    def _later(self, name: str, status: ClockStatus) -> str:
        """A stage whose clock has not begun, with its length and what that rests on."""
        say, length = self.say, length_words(status.rule, self.say.lang)
        marks = [length, *([say("from_memory")] if status.rule.from_memory else [])] if length else []
        words = self.vocabulary.stage_words(name, say.lang)
        return say("brackets", text=words, inside=say("comma").join(marks)) if marks else words

    def _recipient(self, duty: Duty) -> str:
        """The office by its own name, or as the duty names it, with a mark where it is open which one it is."""
        name = (duty.recipient.name_zh if self.say.lang == "zh" else "") or duty.recipient.name
        office = self.offices.get(duty.id)
        if office is None:
            return name
        if office.authority is not None:
            return office.authority.name_in(self.say.lang)
        if office.is_each:
            return self.say("each_office", n=len(office.authorities) + len(office.open_places))
        return self.say("which_open", name=name) if office.decided_by else name

    def _whose(self, assessment: Assessment) -> list[str]:
        """Whose duty it is, unless it is only that of the organisation that reports."""
        if len(self.parties) <= 1 or assessment.parties == self.parties[:1]:
            return []
        if set(assessment.parties) == set(self.parties):
            return [self.say("for_both" if len(self.parties) == _TWO else "for_all", n=len(self.parties))]
        return [self.say("for", names=self.say.listed(assessment.parties))]

    def _group(self, group: Sequence[Stage]) -> Row:
        say, first = self.say, group[0]
        places = tuple(dict.fromkeys(self.place(stage.duty) for stage in group))
        kinds = list(dict.fromkeys(stage.duty.recipient.type for stage in group))
        duties = list(dict.fromkeys(stage.duty.id for stage in group))
        who = say.whom(kinds[0], is_one=False) if len(kinds) == 1 else say("duties", n=len(duties))
        country = places[0].partition("-")[0]
        in_parts = all(place.startswith(f"{country}-") for place in places)
        where = self._name(places[0]) if len(places) == 1 else self._places(places, country if in_parts else "")
        is_even = len(duties) == len(places) or len(kinds) > 1
        marks = [*([] if is_even else [say("duties", n=len(duties))]), *self._whose(first.one)]
        head = say("group", who=who, places=where)
        head = say("brackets", text=head, inside=say("comma").join(marks)) if marks else head
        offsets = {f"{stage.local:%z}" for stage in group if stage.local is not None}
        limit = self._limit(first) if len(offsets) <= 1 else self._limit(first).rsplit(" ", 1)[0]
        codes = tuple(place.removeprefix(f"{country}-") for place in places) if in_parts else places
        codes = codes if len(codes) > 1 else ()
        lefts = {self._left(stage) for stage in group}
        left = self._left(first) if first.is_dated or len(lefts) == 1 else ""
        return Row(
            limit=limit, left=left, state=self._state(group), duty=head, codes=codes, ids=tuple(duties),
            is_dated=first.is_dated, style=self._style(first), state_style=_state_style(first),
        )  # fmt: skip

    def _name(self, code: str) -> str:
        """The place in Chinese; in English its code tells enough, and names take long to load."""
        return self.vocabulary.place_words("GB" if code == "UK" else code, "zh") if self.say.lang == "zh" else code

    def _places(self, places: Sequence[str], country: str) -> str:
        if country == "US":
            is_states = _TERRITORIES.isdisjoint(place.removeprefix("US-") for place in places)
            return self.say("us_states" if is_states else "us_parts", n=len(places))
        return self.say("parts", n=len(places), country=country) if country else self.say("countries", n=len(places))

    def _limit(self, stage: Stage) -> str:
        local = stage.local
        if local is not None and stage.is_begun:
            return self.say.moment(local, self.now.astimezone(local.tzinfo).date())
        return self.say(
            "no_limit" if stage.is_begun else "no_start" if lacks_its_start(stage.status) else "starts_later"
        )

    def _left(self, stage: Stage) -> str:
        due, state = stage.status.work_by, stage.status.state
        if due is None or not stage.is_begun:
            length = short_length(stage.status.rule, self.say.lang) if not stage.is_begun else ""
            once = [self.say("once_begun", length=length)] if length else []
            return self.say("comma").join([*once, *([self.say("from_memory")] if stage.is_from_memory else [])])
        if state in {State.MISSED, State.DUE_NOW, State.PAUSED}:
            words = self.say(state.value)
        elif stage.is_late:
            words = self.say("late_by", length=self.say.length(self.now - due))
        else:
            words = self.say.length(due - self.now)
        marks = [self.say("from_memory")] if stage.is_from_memory else []
        marks += [self.say("provisional")] if stage.status.provisional else []
        return self.say("comma").join([words, *marks])

    def _state(self, group: Sequence[Stage]) -> str:
        facts = {name for stage in group for name in stage.one.missing_facts if stage.one.applies is Answer.NEEDS_FACT}
        if not facts:
            return self.say("applies" if group[0].one.applies is Answer.YES else "needs_fact")
        numbers = sorted(self.numbers[name] for name in facts if name in self.numbers)
        more = f" +{len(numbers) - _MOST_NUMBERS}" if len(numbers) > _MOST_NUMBERS else ""
        listed = self.say("number_gap").join(map(str, numbers[:_MOST_NUMBERS]))
        return self.say("fact", numbers=f"{listed}{more}")

    def _style(self, stage: Stage) -> str:
        due = stage.status.work_by
        is_soon = due is not None and stage.is_begun and due - self.now < _SOON
        return "bold red" if stage.is_late or stage.status.state is State.DUE_NOW else "yellow" if is_soon else ""

    def by_country(self, stage: Stage) -> Hashable:
        """Parts of one country with the same day, recipient and stage stand together; anything else alone."""
        country, _, part = self.place(stage.duty).partition("-")
        if not part:
            return stage.duty.id, stage.name
        return country, stage.name, stage.duty.recipient.type, stage.duty.soft, self.by_day(stage)

    def without_limit(self, stage: Stage) -> Hashable:
        """What has no limit stands together by recipient as well."""
        return self._same(stage) if not stage.is_dated else self.by_country(stage)

    def without_limit_or_recipient(self, stage: Stage) -> Hashable:
        """What has no limit stands together, whomever it is for."""
        return self.by_day(stage) if not stage.is_dated else self.by_country(stage)

    def by_limit(self, stage: Stage) -> Hashable:
        """The same limit and recipient, wherever it is."""
        return self._same(stage) if stage.is_dated else self.by_day(stage)

    def by_day(self, stage: Stage) -> Hashable:
        """The day of the limit alone."""
        day = f"{stage.local:%F}" if stage.is_dated else self._limit(stage)
        return day, stage.is_late, stage.one.applies, stage.is_from_memory, stage.one.parties

    def _same(self, stage: Stage) -> Hashable:
        wall = f"{stage.local:%F %R}" if stage.is_dated else self._limit(stage)
        return (
            wall, stage.is_late, stage.duty.recipient.type, stage.one.applies, stage.is_from_memory, stage.duty.soft,
            stage.one.parties,
        )  # fmt: skip


_MOST_NUMBERS = _TWO = 2


def _state_style(stage: Stage) -> str:
    return "" if stage.one.applies is Answer.YES else "yellow"


def _alone(_: RowWriter, stage: Stage) -> Hashable:
    return stage.duty.id, stage.name


_KEYS: tuple[Callable[[RowWriter, Stage], Hashable], ...] = (
    _alone, RowWriter.by_country, RowWriter.without_limit, RowWriter.without_limit_or_recipient, RowWriter.by_limit,
    RowWriter.by_day,
)  # fmt: skip
LEVELS = len(_KEYS)

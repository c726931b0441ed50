"""The screen of `notice assess`: what applies, what is missing and which places have no rule, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache

from rich.cells import cell_len

from leakguard.frozen import Frozen
from leakguard.notices.judging import Answer
from leakguard.notices.place_states import PlaceRow, PlaceState
from leakguard.notices.questions import Question
from leakguard.outputs.assess_facts import FactBlock, Line, fact_lines
from leakguard.outputs.assess_places import PlaceBlock, place_block
from leakguard.outputs.assess_rows import LEVELS, Row, RowWriter
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_stages import done_count, stages_of, unstated_starts
from leakguard.outputs.assess_table import AssessTable
from leakguard.outputs.terminal import wrap
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.assess_notices import AssessedDuties

_MOST_FACTS = 5
_FEW_FACTS = 3
_MOST_UNDATED = 2
_LONGEST = 1000
"""Letters of one text in a line."""


class ScreenSize(Frozen):
    """What a screen has room for."""

    width: int = 80
    height: int = 24

    @property
    def both(self) -> tuple[int, int]:
        """Columns and lines."""
        return self.width, self.height


class Plan(Frozen):
    """How much is said; the first plan that fits is taken."""

    level: int
    """Of grouping."""
    has_details: bool = False
    """Recipients below their duties."""
    facts: int = _MOST_FACTS
    are_facts_long: bool = False
    are_places_long: bool = False
    is_tight: bool = False
    """No empty line but the one above the table."""
    has_command: bool = False
    """The command of the most urgent first notice."""


PLANS = (
    Plan(level=0, has_details=True, facts=99, are_facts_long=True, are_places_long=True, has_command=True),
    Plan(level=0, facts=99, are_facts_long=True, are_places_long=True, has_command=True),
    Plan(level=0, are_facts_long=True, has_command=True),
    Plan(level=0, has_command=True),
    *(Plan(level=level, is_tight=is_tight) for level in (0, 1, 2) for is_tight in (False, True)),
    *(Plan(level=level, facts=_FEW_FACTS, is_tight=True) for level in range(2, LEVELS)),
)


class Screen(Frozen):
    """Lays out what was found."""

    found: AssessedDuties
    say: AssessTexts
    size: ScreenSize
    file: str
    """The facts file, as it was named."""
    incident: str = ""
    repeat: Callable[[str], str] = str
    """How a command is printed here."""

    def lines(self) -> list[Line]:
        """The lines; no more than the screen has room for, unless it is too small for a row of each kind."""
        return [_safe(line) for line in self._fitting()]

    def _fitting(self) -> list[Line]:
        head = list(self._head())
        stages, questions = stages_of(self.found.assessments), self._questions()
        writer, below = self._writer(questions), self.size.height - len(head)
        groups_at = cache(lambda level: writer.groups(stages, level))
        rows_at = cache(lambda level: writer.rows(groups_at(level)))
        for plan in PLANS:
            if len(groups_at(plan.level)) > below:  # nothing has to be written to see that
                continue
            rows = rows_at(plan.level)
            rest = self._rest(questions, plan)
            room = below - self._height(rest)
            table = self._table(rows, plan) if len(rows) <= room else []
            if table and len(table) <= room:
                return [*head, *table, *rest]
        rest = self._rest(questions, PLANS[-1])
        return [*head, *self._cut(rows_at(PLANS[-1].level), PLANS[-1], below - self._height(rest)), *rest]

    def _rest(self, questions: Sequence[Question], plan: Plan) -> list[Line]:
        """What stands below the table."""
        block = self._fact_block(questions)
        facts = fact_lines(block, most=plan.facts, is_long=plan.are_facts_long)
        has_pointer = len(questions) > plan.facts
        first = block.first_notice(is_whole=plan.has_command, has_pointer=has_pointer)
        places = place_block(self.places_block, is_long=plan.are_places_long)
        return [line for line in (*facts, *first, *places, *self._foot()) if line or not plan.is_tight]

    def _height(self, lines: Sequence[Line]) -> int:
        """How many lines of the terminal these take; a command that is longer than one of them is not broken by us."""
        widths = (cell_len("".join(text for text, _ in line)) for line in lines)
        return sum(max(1, -(-width // self.size.width)) for width in widths)

    def _head(self) -> Iterator[Line]:
        verdict, style = self._verdict()
        yield from (((line, style),) for line in wrap(verdict, self.size.width))
        for line in wrap(law_sentence(self.found, self.say), self.size.width):
            yield ((line, "dim"),)
        yield ()

    def _verdict(self) -> tuple[str, str]:
        say, found = self.say, [assessment for assessment in self.found.assessments if not assessment.is_dormant]
        yes, fact = (
            sum(assessment.applies is answer for assessment in found) for answer in (Answer.YES, Answer.NEEDS_FACT)
        )
        places = len({row.place for row in self.found.places if row.is_open})
        parts = [say("apply", n=yes) if yes else say("none_apply"), *([say("need_fact", n=fact)] if fact else [])]
        parts += [say("no_rule", n=places)] if places else []
        late, due = self._limits()
        parts += [say("late", n=late)] if late else []
        parts += [say("next", left=say.length(due - self.now))] if due is not None else []
        style = "bold red" if late else "bold yellow" if fact or places or due else "bold"
        return f"{say('comma').join(parts)}{say('stop')}", style

    def _limits(self) -> tuple[int, datetime | None]:
        """How many limits are over, and the soonest one ahead."""
        stages = [stage for stage in stages_of(self.found.assessments) if stage.is_begun]
        ahead = [stage.status.work_by for stage in stages if not stage.is_late and stage.status.work_by is not None]
        return sum(stage.is_late for stage in stages), min((due for due in ahead if due >= self.now), default=None)

    @property
    def now(self) -> datetime:
        """The moment of judgement."""
        return self.found.work.now

    def _questions(self) -> Sequence[Question]:
        return self.found.questions

    def _writer(self, questions: Sequence[Question]) -> RowWriter:
        numbers = {question.fact: number for number, question in enumerate(questions, start=1)}
        parties = tuple(party.organisation.name.first for party in self.found.work.facts.parties())
        return RowWriter(
            say=self.say, vocabulary=self.found.work.book.vocabulary, now=self.now, numbers=numbers, parties=parties,
            offices=self.found.offices,
        )  # fmt: skip

    @property
    def _arguments(self) -> str:
        """What a further command about these facts is given."""
        return f"{self.file} --incident {self.incident}" if self.incident else self.file

    def _table(self, rows: Sequence[Row], plan: Plan) -> list[Line]:
        if not rows:
            return [((line, ""),) for line in wrap(self.say("no_rows"), self.size.width)]
        table = AssessTable(rows, self.say, self.size.width, has_details=plan.has_details)
        return list(table.lines())

    def _cut(self, rows: Sequence[Row], plan: Plan, room: int) -> list[Line]:
        """The soonest rows that have room, how many there are besides, and the first that run without a fixed day."""
        dated, others = [row for row in rows if row.is_dated], [row for row in rows if not row.is_dated]
        first, undated = (dated, others) if dated else (others, [])
        table: list[Line] = []
        for most in range(min(_MOST_UNDATED, len(undated)), -1, -1):
            for kept in range(min(len(first), max(1, room)), 0, -1):
                left = len(rows) - kept - most
                more = [Row(duty=self.say("more_rows", n=left))] if left else []
                table = self._table([*first[:kept], *more, *undated[:most]], plan)
                if len(table) <= room:
                    return table
        return table

    def _fact_block(self, questions: Sequence[Question]) -> FactBlock:
        return FactBlock(
            questions=tuple(questions), starts=tuple(unstated_starts(self.found.assessments)), say=self.say,
            now=self.now, width=self.size.width, vocabulary=self.found.work.book.vocabulary,
            arguments=self._arguments, repeat=self.repeat, notices=self.found.first_notices,
        )  # fmt: skip

    @property
    def places_block(self) -> PlaceBlock:
        """What is known of each place."""
        return PlaceBlock(
            rows=self.found.places, say=self.say, width=self.size.width, file=self.file, incident=self.incident,
            repeat=self.repeat, vocabulary=self.found.work.book.vocabulary,
        )  # fmt: skip

    def _foot(self) -> Iterator[Line]:
        found, say = self.found.assessments, self.say
        awake = [assessment for assessment in found if not assessment.is_dormant]
        counts = {
            "do_not_apply": sum(assessment.applies is Answer.NO for assessment in awake),
            "dormant": len(found) - len(awake),
            "done": done_count(awake),
            "no_duty_places": len(_without_a_duty(self.found.places)),
        }  # fmt: skip
        parts = [say("reasons"), *(say(name, n=count) for name, count in counts.items() if count)]
        yield ()
        yield from (((line, "dim"),) for line in wrap(say("behind", what=say.listed(parts)), self.size.width))


def _without_a_duty(rows: Sequence[PlaceRow]) -> set[str]:
    """Places that have no duty for any role."""
    return {row.place for row in rows} - {row.place for row in rows if row.state is not PlaceState.NONE_BY_LAW}


def law_sentence(found: AssessedDuties, say: AssessTexts) -> str:
    """Whose law was taken; today's is never taken in silence."""
    first, last = found.law_of["first"], found.law_of["last"]
    day = first if first == last else say("to", first=first, last=last)
    sight = found.work.facts.sight()
    if sight is None:
        return say("law_of_today", day=last)
    name = sight.by.removeprefix("the event ")
    return say("law_of", day=day, by=say("by_event" if name != sight.by else "by_fact", name=name))


def _safe(line: Line) -> Line:
    """The line as a terminal may have it, without the space behind its last word."""
    kept = tuple((printable(text, longest=_LONGEST), style) for text, style in line)
    while kept and not kept[-1][0].strip():
        kept = kept[:-1]
    return (*kept[:-1], (kept[-1][0].rstrip(), kept[-1][1])) if kept else ()

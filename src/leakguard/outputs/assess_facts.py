"""What to find out next, on the screen of `notice assess`: facts and moments, each with the duties that wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len

from leakguard.frozen import Frozen
from leakguard.notices.first_notices import FirstNotice
from leakguard.notices.questions import Question
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.terminal import wrap

Line = tuple[tuple[str, str], ...]
"""Texts, each with its style; the empty one is none."""
_INDENT = "   "
_MORE = 4
"""Columns of ` +12`."""


class FactBlock(Frozen):
    """What the part of the screen about facts is made of."""

    questions: tuple[Question, ...]
    starts: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    """Kinds of events that nobody stated, each with the duties whose clocks they start."""
    say: AssessTexts
    now: datetime
    width: int
    vocabulary: Vocabulary
    arguments: str
    """What a further command about these facts is given."""
    repeat: Callable[[str], str] = str
    """How a command is printed here."""
    notices: tuple[FirstNotice, ...] = ()
    """The first notices that can go out, the most urgent first."""

    def until(self, question: Question) -> str:
        """`late 2 d`, `in 12 h`; nothing where no limit runs."""
        words = self.until_moment(question.deadline)
        return (
            self.say("comma").join([words, *([self.say("from_memory")] if question.is_from_memory else [])])
            if words
            else ""
        )

    def until_moment(self, due: datetime | None) -> str:
        """The same of a limit alone."""
        if due is None:
            return ""
        name, length = ("late_by", self.now - due) if due < self.now else ("in", due - self.now)
        return self.say(name, length=self.say.length(length))

    def first_notice(self, *, is_whole: bool, has_pointer: bool) -> Iterator[Line]:
        """The command that drafts the most urgent first notice, whole; where it has no room, the one that names it.

        `has_pointer` says that another line names that one already.
        """
        for notice in self.notices[:1]:
            until = self.until_moment(notice.limit)
            inside = self.say("brackets", text="", inside=until) if until else ""
            command = f"leakguard notice draft {self.arguments} --duty {notice.duty} --stage {notice.stage}"
            whole = self.say("first_notice", until=inside, command=command)
            text = whole if is_whole else "" if has_pointer else self.say("first_notices", file=self.arguments)
            yield from (((self.repeat(text), "bold"),),) if text else ()

    def more(self, left: int) -> str:
        """How many facts there are besides, with the command that names them and the first notices."""
        name = "more_facts_and_notices" if self.notices else "more_facts"
        return self.repeat(self.say(name, n=left, file=self.arguments))

    def asks(self, question: Question) -> str:
        """The fact in words."""
        kind = self.vocabulary.facts.get(question.fact.split(".", maxsplit=1)[0])
        if question.fact in {"organisation.country", "organisation.region"}:
            return self.say(question.fact.replace(".", "_"))
        if kind is None:
            return (question.asks_zh if self.say.lang == "zh" else question.asks) or question.fact
        return kind.zh if self.say.lang == "zh" else kind.en

    def fits(self, duties: Sequence[str], used: int) -> bool:
        """Whether one id at least has room in the line."""
        return used + cell_len(duties[0]) + _MORE <= self.width

    def ids(self, duties: Sequence[str], used: int) -> str:
        """As many ids as have room in the line, and how many there are besides."""
        for kept in range(len(duties), 0, -1):
            listed = self.say("list").join(duties[:kept])
            listed = listed if kept == len(duties) else self.say("and_more", duties=listed, n=len(duties) - kept)
            if used + cell_len(listed) <= self.width:
                return listed
        return self.say("duties", n=len(duties))


def fact_lines(block: FactBlock, *, most: int, is_long: bool) -> Iterator[Line]:
    """The facts with the soonest limits, then the moments that nobody stated; nothing where nothing is missing."""
    if not block.questions and not block.starts:
        return
    yield ()
    yield ((block.say("find_out"), "bold"),)
    for number, question in enumerate(block.questions[:most], start=1):
        yield from (_long_fact if is_long else _fact)(block, number, question)
    left = len(block.questions) - most
    if left > 0:
        yield ((f"{_INDENT}{block.more(left)}", "dim"),)
    for kinds, duties in block.starts[: max(1, most - len(block.questions))]:
        yield from _start(block, kinds, duties, is_long=is_long)


def _fact(block: FactBlock, number: int, question: Question) -> Iterator[Line]:
    left, head = block.until(question), f"{number:>2} {question.fact}"
    mark = f"{block.say('brackets', text='', inside=left) if left else ''}{block.say('colon')}"
    used = cell_len(f"{head}{mark}")
    begin: Line = ((head, ""), (mark, _style(block, question)))
    if block.fits(question.duties, used):
        yield (*begin, (block.ids(question.duties, used), ""))
        return
    yield begin
    yield ((f"{_INDENT}{block.ids(question.duties, len(_INDENT))}", ""),)


def _long_fact(block: FactBlock, number: int, question: Question) -> Iterator[Line]:
    words = block.say("brackets", text=block.asks(question), inside=question.fact)
    for line in wrap(f"{number} {words}", block.width, indent=" " * (2 - len(str(number))), hang=_INDENT):
        yield ((line, ""),)
    left = block.until(question)
    begin = f"{_INDENT}{left}{block.say('semicolon')}" if left else _INDENT
    used = cell_len(begin) + cell_len(block.say("opens", duties=""))
    yield ((begin, _style(block, question)), (block.say("opens", duties=block.ids(question.duties, used)), "dim"))


def _style(block: FactBlock, question: Question) -> str:
    return "bold red" if question.deadline is not None and question.deadline < block.now else ""


def _start(block: FactBlock, kinds: Sequence[str], duties: Sequence[str], *, is_long: bool) -> Iterator[Line]:
    moment = block.say("moment_of", kinds=block.say("or").join(kinds))
    if not is_long:
        head = f" - {moment}{block.say('colon')}"
        if block.fits(duties, cell_len(head)):
            yield ((f"{head}{block.ids(duties, cell_len(head))}", ""),)
            return
        yield from (((line, ""),) for line in wrap(head.strip(), block.width, indent=" ", hang=_INDENT))
        yield ((f"{_INDENT}{block.ids(duties, len(_INDENT))}", ""),)
        return
    for line in wrap(f"- {moment}", block.width, indent=" ", hang=_INDENT):
        yield ((line, ""),)
    used = len(_INDENT) + cell_len(block.say("starts", duties=""))
    yield ((f"{_INDENT}{block.say('starts', duties=block.ids(duties, used))}", "dim"),)

"""A package of notices: which letter goes to whom, what each law adds, and what is still wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen
from leakguard.models.languages import Lang
from leakguard.models.moments import to_z
from leakguard.notices.assess import Assessment
from leakguard.notices.completeness import withheld_json
from leakguard.notices.joining import Addition
from leakguard.notices.place_states import PlaceRow, row_json
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.assess_words import LANGS, ScreenLang
from leakguard.outputs.terminal import Column, Table
from leakguard.use_cases.letters.notice_package import DraftedPackage

_TEXTS = {
    "DUTY": ("DUTY", "义务"),
    "DEADLINE": ("DEADLINE", "截止日期"),
    "LETTER": ("LETTER", "信函"),
    "OPEN": ("OPEN", "待处理"),
    "no_day": ("no fixed day", "无固定日期"),
    "from_memory": ("from memory", "凭记忆"),
    "letters": ("Letters:", "信函："),
    "letter": ("  {n} {name}", "  {n} {name}"),
    "problems": ("What a law still finds wrong with its letter:", "信函尚不符合相应法律之处："),
    "own": ("Letters of their own, and why these laws cannot share one:", "须单独成文的信函及原因："),
    "line": ("  {duty}: {text}", "  {duty}：{text}"),
    "adds": ("What each law adds to what all of them ask:", "各法律在共同要求之外的要求："),
    "items": ("  {duty}: items: {text}", "  {duty}：内容：{text}"),
    "form": ("  {duty}: form: {text}", "  {duty}：形式（原文）：{text}"),
    "others": ("Beside the letters to people, these laws ask for:", "除告知个人外，上述法律还要求："),
    "other": ("  {duty}: {whom} ({when})", "  {duty}：{whom}（{when}）"),
    "withheld": ("Offered less than people of other states:", "所获救济少于其他地区个人的："),
    "less": ("  {duty}: no {remedy}{by}: {reason}", "  {duty}：不提供{remedy}{by}：{reason}"),
    "by": (", decided by {by}", "（{by}决定）"),
    "undecided": (
        "These laws may ask for a letter to people as well; no letter here answers them yet:",
        "以下法律可能也要求告知个人，目前尚无信函对应：",
    ),
    "state": ("state {facts}", "请补充{facts}"),
    "all": ("What each law adds: --all.", "各法律的额外要求：见 --all。"),
    "list": (", ", "、"),
    "semicolon": ("; ", "；"),
}
"""By name: English, Chinese."""


class PackageWords(Frozen):
    """Says what is shown of a package, in English or Chinese."""

    lang: ScreenLang
    vocabulary: Vocabulary

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of this name with its values."""
        return _TEXTS[name][LANGS.index(self.lang)].format(**values)

    def listed(self, parts: Iterable[str], gap: str = "list") -> str:
        """`a, b`."""
        return self(gap).join(parts)

    def items(self, names: Iterable[str]) -> str:
        """Content items: in Chinese by what they are called."""
        return self.listed(self.vocabulary.content_items[name].zh if self.lang == "zh" else name for name in names)

    def remedy(self, name: str) -> str:
        """A remedy in words."""
        words = self.vocabulary.content_items[name]
        return words.zh if self.lang == "zh" else words.en.lower()


def package_words(lang: Lang, vocabulary: Vocabulary) -> PackageWords:
    """Chinese where the letters are, else English."""
    return PackageWords(lang="zh" if lang.startswith("zh") else "en", vocabulary=vocabulary)


def package_table(
    found: DraftedPackage, names: Mapping[str, str], deadlines: Mapping[str, datetime | None], say: PackageWords
) -> Table:
    """A row for each law, the soonest deadline first: its letter by number, and how much of it is still wrong."""
    problems = {remaining.duty: remaining.problems for remaining in found.checked}
    numbers = {name: number for number, name in enumerate(_files(names), start=1)}
    rows = [
        (
            addition.duty.id, _deadline(addition, deadlines, say), str(numbers[names[addition.duty.id]]),
            str(len(problems[addition.duty.id]) or "-"),
        )
        for addition in sorted(
            found.package.additions, key=lambda each: (_deadline(each, deadlines, say), each.duty.id)
        )
    ]  # fmt: skip
    headings = [say(name) for name in ("DUTY", "DEADLINE", "LETTER", "OPEN")]
    columns = tuple(
        Column(heading=heading, is_whole=True, is_number=place > 1) for place, heading in enumerate(headings)
    )
    return Table(columns=columns, rows=tuple(rows))


def _files(names: Mapping[str, str]) -> list[str]:
    """Each file once, in the order in which the laws name them."""
    return list(dict.fromkeys(names.values()))


def _deadline(addition: Addition, deadlines: Mapping[str, datetime | None], say: PackageWords) -> str:
    """On the wall clock of the place, and what it rests on; where the law gives no number, in words."""
    limit, clock = deadlines.get(addition.duty.id), addition.duty.phases[0].clock
    day = say("no_day") if limit is None else f"{limit.astimezone(zone_of(clock.zone or 'UTC')):%Y-%m-%d}"
    return say.listed([day, *([say("from_memory")] if clock.from_memory else [])])


def _letter_lines(names: Mapping[str, str], say: PackageWords) -> Iterator[str]:
    """The file of each letter, by its number in the table."""
    yield say("letters")
    yield from (say("letter", n=number, name=name) for number, name in enumerate(_files(names), start=1))


def _problem_lines(found: DraftedPackage, say: PackageWords) -> Iterator[str]:
    """What is still wrong, a line each; then the laws that need a letter of their own, and why."""
    lines = [say("line", duty=remaining.duty, text=text) for remaining in found.checked for text in remaining.problems]
    apart = [(addition.duty.id, text) for addition in found.package.additions for text in addition.apart_because]
    if lines:
        yield say("problems")
        yield from lines
    if apart:
        yield say("own")
        yield from (say("line", duty=duty, text=text) for duty, text in apart)


def _addition_lines(found: DraftedPackage, say: PackageWords, *, is_whole: bool) -> Iterator[str]:
    """What each law adds; by default only where to see it."""
    if not is_whole:
        yield say("all")
        return
    yield say("adds")
    for addition in found.package.additions:
        if addition.items:
            yield say("items", duty=addition.duty.id, text=say.items(addition.items))
        if addition.form:
            yield say("form", duty=addition.duty.id, text=say.listed(addition.form, "semicolon"))


def _others_lines(others: tuple[Assessment, ...], say: PackageWords) -> Iterator[str]:
    """The duties to offices, agencies and owners that stand beside the letters, the soonest first."""
    if not others:
        return
    yield say("others")
    rows = [
        (min((limit for _, status in other.phases if (limit := status.work_by) is not None), default=None), other)
        for other in others
    ]
    for limit, found in sorted(rows, key=lambda row: (row[0] is None, row[0] or 0, row[1].duty.id)):
        duty = found.duty
        note = duty.phases[0].note if limit is None and say.lang == "en" else ""
        when = f"{limit:%Y-%m-%d %H:%MZ}" if limit is not None else note or say("no_day")
        whom = (duty.recipient.name_zh if say.lang == "zh" else "") or duty.recipient.name
        memory = [say("from_memory")] if duty.deadline_is_from_memory else []
        yield say("other", duty=duty.id, whom=whom, when=say.listed([when, *memory]))


def _withheld_lines(found: DraftedPackage, say: PackageWords) -> Iterator[str]:
    """Who is offered less than others, and why."""
    less = [(addition.duty.id, each) for addition in found.package.additions for each in addition.withheld]
    if not less:
        return
    yield say("withheld")
    for duty, withheld in less:
        by = say("by", by=withheld.by) if withheld.by else ""
        yield say("less", duty=duty, remedy=say.remedy(withheld.remedy), by=by, reason=withheld.reason)


def _undecided_lines(undecided: tuple[Assessment, ...], say: PackageWords) -> Iterator[str]:
    """Laws that may ask for a letter too, and what decides it."""
    if not undecided:
        return
    yield say("undecided")
    for assessment in undecided:
        lacks = (
            say("state", facts=say.listed(assessment.missing_facts)) if assessment.missing_facts else assessment.because
        )
        yield say("line", duty=assessment.duty.id, text=lacks)


def _place_lines(rows: Iterable[PlaceRow], say: PackageWords) -> Iterator[str]:
    """Places whose law nobody knows."""
    yield from (row.sentence_zh if say.lang == "zh" else row.sentence for row in rows)


def package_lines(
    found: DraftedPackage, names: Mapping[str, str], places: Sequence[PlaceRow], say: PackageWords, *, is_whole: bool
) -> Iterator[str]:
    """What stands below the table, an empty line before each part; `places` are those whose law nobody knows."""
    parts = (
        _letter_lines(names, say), _problem_lines(found, say), _withheld_lines(found, say),
        _others_lines(found.others, say), _undecided_lines(found.undecided, say), _place_lines(places, say),
        _addition_lines(found, say, is_whole=is_whole),
    )  # fmt: skip
    for part in parts:
        lines = list(part)
        yield from ("", *lines) if lines else ()


def package_json(
    found: DraftedPackage, names: Mapping[str, str], deadlines: Mapping[str, datetime | None],
    places: Sequence[PlaceRow],
) -> dict[str, Any]:  # fmt: skip
    """The same as plain values, and each place and role with what is known of its law."""
    problems = {remaining.duty: remaining.problems for remaining in found.checked}
    rows = [
        {
            "duty": addition.duty.id,
            "jurisdiction": addition.duty.jurisdiction,
            "letter": names[addition.duty.id],
            "deadline": limit and to_z(limit),
            "from_memory": addition.duty.deadline_is_from_memory,
            "adds": list(addition.items),
            "form": list(addition.form),
            "apart_because": list(addition.apart_because),
            "withheld": [withheld_json(less) for less in addition.withheld],
            "problems": list(problems[addition.duty.id]),
        }
        for addition in found.package.additions
        for limit in (deadlines.get(addition.duty.id),)
    ]
    others = [other.duty.id for other in found.others]
    undecided = [
        {"duty": assessment.duty.id, "missing_facts": list(assessment.missing_facts)} for assessment in found.undecided
    ]
    return {
        "notices": rows, "undecided": undecided, "others": others, "places": [row_json(row) for row in places],
    }  # fmt: skip

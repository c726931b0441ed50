"""What is known of each place and role, in words: a rule, an absence that was read, or nothing at all."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.cells import cell_len

from leakguard.frozen import Frozen
from leakguard.notices.place_states import PlaceRow, PlaceState
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.terminal import wrap

USUAL_FACTS = "facts.yaml"
"""The file that `notice settle` reads where nobody names one."""
_MOST = 3
"""Places of which each has its own command, where there is room."""


class PlaceBlock(Frozen):
    """What the part of the screen about places is made of."""

    rows: Sequence[PlaceRow]
    say: AssessTexts
    width: int
    file: str
    incident: str
    vocabulary: Vocabulary
    repeat: Callable[[str], str] = str

    def name(self, code: str) -> str:
        """`Kyrgyzstan (KG)`; the code alone where the place has no name that we know."""
        name = self.vocabulary.place_words(code, self.say.lang)
        return self.say("named_place", name=name, code=code) if name != code else code

    def role(self, role: str) -> str:
        """The role in the words of the reader."""
        words = self.vocabulary.obligated.get(role)
        return words.zh if words is not None and self.say.lang == "zh" else role.replace("_", " ")

    def command(self, row: PlaceRow) -> list[str]:
        """What settles the place: a command, in two lines that a shell joins where one has no room."""
        if not self.incident:
            return [f"settled: [{{place: {row.place}, role: {row.role}, reason: TEXT, by: NAME}}]"]
        command = self.repeat(f"leakguard notice settle {self.incident} --place {row.place} --role {row.role}")
        facts = "" if self.file in {"-", USUAL_FACTS} else f"--facts {shlex.quote(self.file)} "
        rest = f"{facts}--reason TEXT --by NAME"
        if cell_len(command) + cell_len(rest) + 5 <= self.width:
            return [f"{command} {rest}"]
        return [f"{command} \\", f"  {rest}"]


def place_block(block: PlaceBlock, *, is_long: bool) -> Iterator[tuple[tuple[str, str], ...]]:
    """Places whose rule nobody knows, and how to settle each; nothing where there are none."""
    rows = [row for row in block.rows if row.is_open]
    if not rows:
        return
    yield ()
    heading = block.say("unknown_places" if block.incident else "unknown_places_in_file", file=block.file)
    yield from (((line, "bold yellow"),) for line in wrap(heading, block.width))
    places: dict[str, list[PlaceRow]] = {}
    for row in rows:
        places.setdefault(row.place, []).append(row)
    if is_long and len(rows) <= _MOST:
        for code, of_place in places.items():
            words = _named(block, code, of_place)
            yield from (((line, ""),) for line in wrap(words, block.width, indent="  ", hang="    "))
            for row in of_place:
                yield from (((f"    {line}", ""),) for line in block.command(row))
        return
    for words, codes in _by_roles(block, places):
        yield ((f"  {_fitted(words, codes, block.say('list'), block.width - 2)}", ""),)
    yield from (((f"    {line}", ""),) for line in block.command(rows[0]))


def _named(block: PlaceBlock, code: str, rows: Sequence[PlaceRow]) -> str:
    """`Kyrgyzstan (KG): controller`; where only the law of the day is not known, with the duties that it is about."""
    words = block.say("place", place=block.name(code), roles=block.say.listed([block.role(row.role) for row in rows]))
    duties = tuple(dict.fromkeys(duty for row in rows for duty in row.duties))
    if not duties:
        return words
    more = block.say("and_more", duties=duties[0], n=len(duties) - 1) if len(duties) > 1 else duties[0]
    return block.say("brackets", text=words, inside=block.say("day_unknown", duties=more))


def _by_roles(block: PlaceBlock, places: Mapping[str, Sequence[PlaceRow]]) -> Iterator[tuple[str, list[str]]]:
    """The places of which the same is not known stand together."""
    groups: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for code, rows in places.items():
        groups.setdefault((tuple(row.role for row in rows), any(row.duties for row in rows)), []).append(code)
    for (roles, is_of_the_day), codes in groups.items():
        words = block.say.listed([block.role(role) for role in roles])
        words = block.say("brackets", text=words, inside=block.say("only_day_unknown")) if is_of_the_day else words
        yield f"{words}{block.say('colon')}", codes if len(codes) > _MOST else [block.name(code) for code in codes]


def _fitted(words: str, names: Sequence[str], gap: str, room: int) -> str:
    for kept in range(len(names), 1, -1):
        fitted = f"{words}{gap.join(names[:kept])}{f' +{len(names) - kept}' if kept < len(names) else ''}"
        if cell_len(fitted) <= room:
            return fitted
    return f"{words}{names[0]}{f' +{len(names) - 1}' if len(names) > 1 else ''}"


def place_lines(block: PlaceBlock) -> Iterator[str]:
    """Every place and role with its state and what that rests on, for the whole output."""
    groups: dict[object, list[PlaceRow]] = {}
    for row in block.rows:
        is_alike = row.state is PlaceState.NONE_BY_LAW
        key = (row.role, row.text, row.source_url, row.on) if is_alike else (row.place, row.role)
        groups.setdefault(key, []).append(row)
    for rows in groups.values():
        place = block.say.listed([block.name(row.place) for row in rows])
        yield from (_rule if rows[0].state is PlaceState.RULE else _without_a_rule)(block, rows[0], place)


def _rule(block: PlaceBlock, row: PlaceRow, place: str) -> Iterator[str]:
    say = block.say
    yield say("rule", place=place, role=block.role(row.role), duties=", ".join(row.duties))
    for absence in row.absent:
        text = (absence.text_zh if say.lang == "zh" else "") or absence.text
        yield say("none_to", whom=say.whom(absence.recipient or "other", is_one=True), text=text)
        yield say("read_at", on=absence.checked_on, source=absence.source_url)


def _without_a_rule(block: PlaceBlock, row: PlaceRow, place: str) -> Iterator[str]:
    say = block.say
    text = (row.text_zh if say.lang == "zh" else "") or row.text
    yield say(row.state.value, place=place, role=block.role(row.role), text=text)
    if row.state is PlaceState.NONE_BY_LAW:
        yield from [say("read_at", on=row.on, source=row.source_url)] if row.source_url else ()
        return
    yield from [say("tried_on", on=row.on)] if row.on is not None else ()
    if row.settled is not None:
        yield say("settled", by=row.settled.by, text=row.settled.reason)
    else:
        yield from block.command(row)

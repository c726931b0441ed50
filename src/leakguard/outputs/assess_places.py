"""What is known of each place and role, in words: a rule, an absence that was read, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from babel import Locale
from rich.cells import cell_len

from leakguard.frozen import Frozen
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.assess_say import Say
from leakguard.outputs.terminal import wrap

_MOST = 3
"""Places of which each has its own command, where there is room."""


class PlaceRow(Frozen):
    """What is known of one place and role."""

    place: str
    role: str
    state: str
    text: str = ""
    tried: str = ""
    on: str = ""
    settled_by: str = ""
    source: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody knows a rule and nobody settled it."""
        return self.state == "no_rule_known" and not self.settled_by

    @property
    def is_without_duty(self) -> bool:
        """Whether an absence was read."""
        return self.state == "none_by_law"


class PlaceBlock(Frozen):
    """What the part of the screen about places is made of."""

    rows: Sequence[PlaceRow]
    say: Say
    width: int
    file: str
    incident: str
    vocabulary: Vocabulary
    told: Callable[[str], str] = str

    def name(self, code: str) -> str:
        """`Kyrgyzstan (KG)`; the code alone where the place has no name that we know."""
        locale = Locale.parse("zh_Hans" if self.say.lang == "zh" else "en")
        name = locale.territories.get(code)
        return self.say("named_place", name=name, code=code) if name else code

    def role(self, role: str) -> str:
        """The role in the words of the reader."""
        words = self.vocabulary.obligated.get(role)
        return words.zh if words is not None and self.say.lang == "zh" else role.replace("_", " ")

    def command(self, row: PlaceRow) -> list[str]:
        """What settles the place: a command, in two lines that a shell joins where one has no room."""
        if not self.incident:
            return wrap(self.say("settle_in_file", file=self.file, place=row.place, role=row.role), self.width - 4)
        command = self.told(f"leakguard notice settle {self.incident} --place {row.place} --role {row.role}")
        rest = "--reason TEXT --by NAME"
        if cell_len(command) + len(rest) + 5 <= self.width:
            return [f"{command} {rest}"]
        return [f"{command} \\", f"  {rest}"]


def place_block(block: PlaceBlock, *, is_long: bool) -> Iterator[tuple[tuple[str, str], ...]]:
    """Places whose rule nobody knows, and how to settle each; nothing where there are none."""
    rows = [row for row in block.rows if row.is_open]
    if not rows:
        return
    yield ()
    yield from (((line, "bold yellow"),) for line in wrap(block.say("unknown_places"), block.width))
    places: dict[str, list[PlaceRow]] = {}
    for row in rows:
        places.setdefault(row.place, []).append(row)
    named = [
        block.say("place", place=block.name(code), roles=block.say.listed([block.role(row.role) for row in of_place]))
        for code, of_place in places.items()
    ]
    if is_long and len(rows) <= _MOST:
        for words, of_place in zip(named, places.values(), strict=True):
            yield ((f"  {words}", ""),)
            for row in of_place:
                yield from (((f"    {line}", ""),) for line in block.command(row))
        return
    yield ((f"  {_fitted(named, block.say, block.width - 2)}", ""),)
    yield from (((f"    {line}", ""),) for line in block.command(rows[0]))


def _fitted(named: Sequence[str], say: Say, room: int) -> str:
    for kept in range(len(named), 0, -1):
        told = say("semicolon").join(named[:kept]) + (f" +{len(named) - kept}" if kept < len(named) else "")
        if cell_len(told) <= room or kept == 1:
            return told
    return ""


def place_lines(block: PlaceBlock) -> Iterator[str]:
    """Every place and role with its state and what that rests on, for the whole output."""
    say = block.say
    for row in block.rows:
        place, role = block.name(row.place), block.role(row.role)
        if row.settled_by:
            yield say("settled", place=place, role=role, by=row.settled_by, text=row.text)
        elif row.is_without_duty:
            yield say("none_by_law", place=place, role=role, text=row.text)
            yield f"  {say('read_at', on=row.on, source=row.source)}"
        elif row.is_open and row.tried:
            yield say("tried", place=place, role=role, on=row.on, text=row.tried)
        else:
            yield say("not_tried" if row.is_open else "rule", place=place, role=role)

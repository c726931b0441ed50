"""Where in a letter the free texts of its facts stand: what a person may reword, and what is said as not known.

A second draft in which a mark stands for each free text shows it, as for a letter that comes back from a word
processor; see `import_letter`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from leakguard.errors import LeakGuardError
from leakguard.files.yaml_edits import Scalar, scalars_of, with_texts
from leakguard.frozen import Frozen
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph
from leakguard.notices.letters.round_trip import mark
from leakguard.use_cases.letters.free_texts import fact_of, free_texts, tells_unknown
from leakguard.use_cases.letters.given_facts import NoticeInput

_MARKED = re.compile(r"ZZMARK(\d{5})ZZ")
_STOPS = ".。"
Kind = Literal["heading", "paragraph", "list", "table"]


class Segment(Frozen):
    """A piece of a line."""

    text: str
    passage: str = ""
    """The free text that stands here, by its place in the facts; empty for the letter's own words."""
    is_unknown: bool = False
    """Whether it says why something is not known."""


class Line(Frozen):
    """A paragraph, a heading, an entry of a list, or a row of a table."""

    segments: tuple[Segment, ...]
    label: str = ""
    """Of a row."""

    @property
    def is_unknown(self) -> bool:
        """Whether it says that something is not known."""
        return any(segment.is_unknown for segment in self.segments)


class ShownBlock(Frozen):
    """One block of a letter, and what of it is whose words."""

    kind: Kind
    where: str
    """As the lint names it: `block 3`."""
    lines: tuple[Line, ...]


class Passage(Frozen):
    """A free text of the facts that stands in the letter."""

    id: str
    """Its place in the facts: `facts.measures_taken.value.en`."""
    fact: str
    text: str
    """As the facts have it."""
    is_unknown: bool
    is_shared: bool
    """Whether letters in every language show this very text."""
    others: tuple[str, ...]
    """Further languages in which the facts state it: their texts stay as they are."""


class Passages(Frozen):
    """A letter by its passages."""

    blocks: tuple[ShownBlock, ...]
    passages: tuple[Passage, ...]


def identity(scalar: Scalar) -> str:
    """By which a free text is named: its place in the facts."""
    return ".".join(str(part) for part in scalar.path)


def located(
    letter: Letter, given: NoticeInput, lang: Lang, read: Callable[[str], NoticeInput],
    draft: Callable[[NoticeInput], Letter], *, name: str,
) -> Passages:  # fmt: skip
    """The blocks of a letter with the free texts of `given` in them.

    `read` reads the text of the facts, and `draft` drafts the same letter from it. Where the marked facts give a letter
    of another shape, no passage is named.
    """
    free = free_texts(given.text, lang, given.book.vocabulary, name=name)
    try:
        marked = draft(read(with_texts(given.text, {scalar: mark(at, scalar.text) for at, scalar in enumerate(free)})))
    except LeakGuardError:
        marked = letter
    pairs = _pairs(letter.blocks, marked.blocks)
    blocks = tuple(_shown(number, block, other, free) for number, (block, other) in enumerate(pairs, start=1))
    used = dict.fromkeys(segment.passage for block in blocks for line in block.lines for segment in line.segments)
    known = {identity(scalar): scalar for scalar in free}
    return Passages(blocks=blocks, passages=tuple(_passage(known[passage], given, name) for passage in used if passage))


def _pairs(blocks: Sequence[Block], marked: Sequence[Block]) -> list[tuple[Block, Block]]:
    is_alike = [type(block) for block in blocks] == [type(block) for block in marked]
    return list(zip(blocks, marked if is_alike else blocks, strict=True))


def _shown(number: int, block: Block, marked: Block, free: Sequence[Scalar]) -> ShownBlock:
    texts, others = _texts(block), _texts(marked)
    others = others if len(others) == len(texts) else texts
    labels = [label for label, _ in block.rows] if isinstance(block, Fields) else [""] * len(texts)
    lines = [
        Line(segments=tuple(_segments(text, other, free)), label=label)
        for label, text, other in zip(labels, texts, others, strict=True)
    ]
    return ShownBlock(kind=_kind(block), where=f"block {number}", lines=tuple(lines))


def _kind(block: Block) -> Kind:
    if isinstance(block, Heading):
        return "heading"
    return "paragraph" if isinstance(block, Paragraph) else "list" if isinstance(block, Numbered) else "table"


def _texts(block: Block) -> tuple[str, ...]:
    if isinstance(block, Fields):
        return tuple(text for _, text in block.rows)
    return block.entries if isinstance(block, Numbered) else (block.text,)


def _segments(text: str, marked: str, free: Sequence[Scalar]) -> Iterator[Segment]:
    """The line in pieces; one piece where the marked line is another one."""
    parts = _MARKED.split(marked)
    fixed, numbers = parts[::2], [int(part) for part in parts[1::2]]
    pattern = f"(.+?[{_STOPS}]?)".join(re.escape(part.lstrip(_STOPS) if at else part) for at, part in enumerate(fixed))
    found = re.fullmatch(pattern, text, re.DOTALL) if numbers and max(numbers) < len(free) else None
    if found is None:
        yield Segment(text=text)
        return
    at = 0
    for group, number in enumerate(numbers, start=1):
        begin, end = found.span(group)
        if begin > at:
            yield Segment(text=text[at:begin])
        scalar = free[number]
        yield Segment(text=text[begin:end], passage=identity(scalar), is_unknown=tells_unknown(scalar))
        at = end
    if at < len(text):
        yield Segment(text=text[at:])


def _passage(scalar: Scalar, given: NoticeInput, name: str) -> Passage:
    languages = [str(part) for part in scalar.path if part in LANGS]
    return Passage(
        id=identity(scalar), fact=fact_of(scalar), text=scalar.text, is_unknown=tells_unknown(scalar),
        is_shared=not languages,
        others=_others(scalar, given, name) if languages else (),
    )  # fmt: skip


def _others(found: Scalar, given: NoticeInput, name: str) -> tuple[str, ...]:
    """The other languages of the same text."""
    cut = next(at for at, part in enumerate(found.path) if part in LANGS)
    head, tail = found.path[:cut], found.path[cut + 1 :]
    same = (scalar.path for scalar in scalars_of(given.text, name=name) if len(scalar.path) == len(found.path))
    return tuple(
        str(path[cut])
        for path in same
        if path[:cut] == head and path[cut + 1 :] == tail and path[cut] != found.path[cut]
    )

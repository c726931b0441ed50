"""The order of a letter: which parts stand in it, tables that are one, headings that say something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leakguard.frozen import replace
from leakguard.models.letters import Block, Fields, Heading, Paragraph
from leakguard.notices.letters.template import Part
from leakguard.notices.vocabulary import Lang, Vocabulary
from leakguard.notices.wording import ordinal


def with_all_that_is_told(parts: tuple[Part, ...], vocabulary: Vocabulary) -> tuple[Part, ...]:
    """With the parts that no letter to an authority leaves out, where the template has none of its own for them."""
    heads = {name: Part(heading=vocabulary.phrases[name]) for name in ("data_effects", "people_by_place")}
    lacking = [] if any(part.effects for part in parts) else [heads["data_effects"], Part(effects="in_sentences")]
    lacking += [] if any(part.places for part in parts) else [heads["people_by_place"], Part(places=True)]
    rest = next((index for index, part in enumerate(parts) if part.rest), len(parts))
    own_rest = () if rest < len(parts) else (Part(rest=True),)
    return (*parts[:rest], *lacking, *own_rest, *parts[rest:])


def in_one_table(blocks: Sequence[Block]) -> Iterator[Block]:
    """Tables that follow each other as one."""
    rows: tuple[tuple[str, str], ...] = ()
    for block in blocks:
        if isinstance(block, Fields):
            rows += block.rows
            continue
        if rows:
            yield Fields(rows=rows)
            rows = ()
        yield block
    if rows:
        yield Fields(rows=rows)


def without_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """A heading with nothing below it says nothing."""
    following = [*blocks, Heading(text="")][1:]
    return [
        block
        for block, after in zip(blocks, following, strict=True)
        if not (isinstance(block, Heading) and isinstance(after, Heading))
    ]


def with_last_apart(blocks: list[Block], parts: Sequence[Part]) -> list[Block]:
    """A last paragraph that has no heading of its own, such as the law behind the letter, stands apart."""
    before, last = blocks[:-1], blocks[-1] if blocks else None
    is_fixed = isinstance(last, Paragraph) and parts[-1].paragraph is not None
    if not isinstance(last, Paragraph) or not is_fixed or not before or isinstance(before[-1], Heading):
        return blocks
    return [*before, replace(last, apart=True)]


def numbered(blocks: Sequence[Block], lang: Lang) -> Iterator[Block]:
    """With a number before each heading."""
    number = 0
    for block in blocks:
        if isinstance(block, Heading):
            number += 1
            yield Heading(text=f"{ordinal(number, lang)}{block.text}")
        else:
            yield block

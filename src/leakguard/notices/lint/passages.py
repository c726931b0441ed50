"""A letter as the lint reads it: passages with their place, and the sections that headings make of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from leakguard.frozen import Frozen
from leakguard.models.languages import STYLES, Lang
from leakguard.models.letters import Fields, Heading, Letter, Paragraph

Kind = Literal["title", "heading", "paragraph", "step", "row"]
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]*[A-ZÀ-Þ0-9¿¡\uac00-\ud7af])")
_WIDE_END = re.compile(r"(?<=[。！？；])")
_ABBREVIATIONS = re.compile(
    r"\b(?:Art|Arts|No|Nos|Mr|Mrs|Ms|Dr|Prof|St|Sec|Sect|para|paras|vs|approx|e\.g|i\.e|Abs|Nr|bzw|z\.B|S|p|pp|núm|Sr|Sra|M|Mme|al|c)\.$",
    re.IGNORECASE,
)
LONGEST_ABBREVIATION = 12
"""Signs at the end of a part that are looked at."""
_ORDINAL = re.compile(r"\b\d{1,2}\.$")
_STOP_AFTER_ORDINALS: frozenset[Lang] = frozenset({"de"})
"""`10. Oktober` is one date."""
_CONTACT = re.compile(r"[@]|https?://|\+\d[\d ()-]{6,}")
_STOPS = (".", "!", "?", "。", "！", "？", "”", '"', ")")


class Passage(Frozen):
    """One piece of a letter."""

    where: str
    """`block 3`, or `line 12` of a file."""
    kind: Kind
    text: str
    label: str = ""
    """What a row of a table is about."""

    @property
    def whole(self) -> str:
        """The text with its label."""
        return f"{self.label} | {self.text}" if self.label else self.text


class Section(Frozen):
    """A heading and what stands below it; the first one has none."""

    heading: str
    where: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LintText:
    """What the lint reads."""

    lang: Lang
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sections are asked for by several rules."""
        object.__setattr__(self, "sections", tuple(_sections(self.passages)))

    def sentences(self) -> Iterator[tuple[Passage, str]]:
        """Every sentence with the passage that it stands in; a row of a table is one, a heading none."""
        for passage in self.passages:
            if passage.kind == "row":
                yield passage, passage.whole
            elif passage.kind in {"paragraph", "step"}:
                for sentence in sentences_of(passage.text, self.lang):
                    yield passage, sentence


def passages_of(letter: Letter) -> Iterator[Passage]:
    """A typed letter in passages; its frame, such as the sender and the footer, is not for a reader's judgement."""
    yield Passage(where="title", kind="title", text=letter.title)
    for number, block in enumerate(letter.blocks, start=1):
        where = f"block {number}"
        if isinstance(block, Heading):
            yield Passage(where=where, kind="heading", text=block.text)
        elif isinstance(block, Paragraph):
            yield Passage(where=where, kind="paragraph", text=block.text)
        elif isinstance(block, Fields):
            for label, text in block.rows:
                yield Passage(where=where, kind="row", text=text, label=label)
        else:
            for place, entry in enumerate(block.entries, start=1):
                yield Passage(where=f"{where}, entry {place}", kind="step", text=entry)


def sentences_of(text: str, lang: Lang) -> Iterator[str]:
    """The sentences of running text; an abbreviation such as `Art.` ends none."""
    if STYLES[lang].is_wide:
        yield from (part.strip() for part in _WIDE_END.split(text) if part.strip())
        return
    begun: list[str] = []
    for part in _END.split(text):
        begun.append(part.strip())
        if not _goes_on(part[-LONGEST_ABBREVIATION:], lang):
            yield " ".join(begun).strip()
            begun = []
    if begun:
        yield " ".join(begun).strip()


def _goes_on(end: str, lang: Lang) -> bool:
    """Whether the stop at the end of a part is that of an abbreviation or of an ordinal."""
    is_ordinal = lang in _STOP_AFTER_ORDINALS and _ORDINAL.search(end) is not None
    return is_ordinal or _ABBREVIATIONS.search(end) is not None


def is_running_text(sentence: str) -> bool:
    """Whether it is a sentence to be read, and not an address, a name, or a way to reach somebody."""
    return sentence.endswith(_STOPS) and not _CONTACT.search(sentence)


def _sections(passages: tuple[Passage, ...]) -> Iterator[Section]:
    heading, where = "", "the letter"
    below: list[Passage] = []
    for passage in passages:
        if passage.kind == "heading":
            yield Section(heading=heading, where=where, passages=tuple(below))
            heading, where, below = passage.text, passage.where, []
        elif passage.kind != "title":
            below.append(passage)
    yield Section(heading=heading, where=where, passages=tuple(below))

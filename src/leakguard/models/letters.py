"""Letters: a notice in words, as typed blocks that every document format shows in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from leakguard.frozen import Frozen, replace
from leakguard.models.languages import STYLES, Lang, LanguageStyle


class Heading(Frozen):
    """A heading, numbered where the language's custom asks for it."""

    text: str


class Paragraph(Frozen):
    """Running text."""

    text: str
    apart: bool = False
    """What it says belongs to the whole letter and not to the part above it, so that a gap stands between the two."""


class Numbered(Frozen):
    """A numbered list, in the order in which the reader should take it; a single entry is set as a sentence."""

    entries: tuple[str, ...]


class Fields(Frozen):
    """A table of two columns: what, and how it stands."""

    rows: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Numbered | Fields


def texts_of(block: Block) -> Iterator[str]:
    """The texts that a block shows; of a table, what stands in its second column."""
    if isinstance(block, Fields):
        yield from (value for _, value in block.rows)
    elif isinstance(block, Numbered):
        yield from block.entries
    else:
        yield block.text


class Unaddressed(Frozen):
    """What stands in a letter to people that goes out without the fields of its draft for a name and an address."""

    addressee: tuple[str, ...]
    salutation: str
    closing: str
    signature: tuple[str, ...]


class Letter(Frozen):
    """A rendered letter, ready for a document maker; holds no value of any victim."""

    duty: str
    lang: Lang
    title: str
    sender: tuple[str, ...]
    addressee: tuple[str, ...]
    reference: str
    written_on: date
    date_line: str
    salutation: str
    blocks: tuple[Block, ...]
    closing: str
    signature: tuple[str, ...]
    footer: tuple[str, ...]
    """What a draft rests on: rule, version, date checked, source, confidence, and once that it is no legal advice.

    Whoever gets the letter gets none of it; the record of its approval keeps it, or the manifest of a merge.
    """
    remarks: tuple[str, ...] = ()
    """What the drafter should look at; never part of the document."""
    unsettled: tuple[str, ...] = ()
    """What has to be settled before it goes out; never part of the document."""
    to_fill_in: tuple[str, ...] = ()
    """Lines of the address that a draft alone shows, in place of an office that is not known."""
    unaddressed: Unaddressed | None = None
    """In a draft to people: what goes out where no merge fills in name and address; never part of the document."""
    least_points: float = 0.0
    """The smallest type that the law behind the letter allows, in points; 0 where it says nothing."""
    mark: str = ""
    """Stands on every page and at both ends; empty for a letter that somebody may send."""

    @property
    def traits(self) -> LanguageStyle:
        """How a letter of its language is set."""
        return STYLES[self.lang]


def as_sent(letter: Letter) -> Letter:
    """The same letter as its reader gets it, and as it is approved."""
    address = tuple(line for line in letter.addressee if line not in letter.to_fill_in)
    return without_fields(replace(letter, footer=(), addressee=address))


def without_fields(letter: Letter) -> Letter:
    """The same letter without what a merge fills in: addressed to everybody, and signed by those who are named."""
    own = letter.unaddressed
    if own is None:
        return letter
    return replace(
        letter, addressee=own.addressee, salutation=own.salutation, closing=own.closing, signature=own.signature,
        unaddressed=None,
    )  # fmt: skip


_DRILL_MARKS: dict[Lang, str] = {
    "en": "DRILL: this is an exercise. Nothing that this letter tells has happened.",
    "zh": "DRILL 演练：本函仅供演练，所述事件并未发生。",
    "ja": "DRILL 訓練：この文書は訓練用です。記載の出来事は実際には起きていません。",
    "ko": "DRILL 훈련: 이 문서는 훈련용이며, 적힌 일은 실제로 일어나지 않았습니다.",
    "pt": "DRILL: isto é um exercício. Nada do que esta carta relata aconteceu.",
    "fr": "DRILL : ceci est un exercice. Rien de ce que cette lettre raconte ne s'est produit.",
    "es": "DRILL: esto es un simulacro. Nada de lo que cuenta esta carta ha ocurrido.",
    "de": "DRILL: Dies ist eine Übung. Nichts, was dieser Brief berichtet, ist geschehen.",
    "it": "DRILL: questa è un'esercitazione. Nulla di quanto riferisce questa lettera è accaduto.",
    "nl": "DRILL: dit is een oefening. Niets van wat deze brief vermeldt, is gebeurd.",
    "pl": "DRILL: to są ćwiczenia. Nic z tego, o czym mówi to pismo, się nie wydarzyło.",
    "zh-hant": "DRILL 演練：本函僅供演練，所述事件並未發生。",
}


def drill_mark(lang: Lang) -> str:
    """What a paper of a drill says at its head."""
    return _DRILL_MARKS[lang]


def as_drill(letter: Letter) -> Letter:
    """The same letter, so that nobody can take it for a real one."""
    return replace(letter, mark=drill_mark(letter.lang))

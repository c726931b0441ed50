"""The values of facts: a frozen value for each kind."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.models.languages import LANGS, Lang


class LocalisedText(Frozen):
    """One text: in each language, or in one language only, as a person wrote it."""

    texts: Mapping[Lang, str]
    is_plain: bool = False
    """Written once, without saying in which language; it serves every letter."""

    def of(self, lang: Lang) -> str | None:
        """The text for a letter of this language; `None` when nobody wrote it."""
        return self.texts.get(lang)

    @property
    def first(self) -> str:
        """English where somebody wrote it, else what there is, in the order of the languages."""
        return next(self.texts[lang] for lang in LANGS if lang in self.texts)


NO_END = 10**18 + 1
"""More than any count may be: the upper end of an estimate that states none."""


class Span(Frozen):
    """A count that may be known roughly; equal ends when it is exact."""

    low: int
    high: int

    @property
    def words(self) -> str:
        """The number, or from which to which."""
        if self.high >= NO_END:
            return f"about {self.low:,}"
        return f"{self.low:,}" if self.low == self.high else f"{self.low:,} to {self.high:,}"


def open_above(value: object) -> object:
    """An estimate that is one number says nothing of how many it may be at most; nobody at all is told as nobody."""
    if isinstance(value, Mapping):
        return {code: open_above(span) for code, span in value.items()}
    is_number = isinstance(value, Span) and value.low == value.high > 0
    return Span(low=value.low, high=NO_END) if isinstance(value, Span) and is_number else value


class Money(Frozen):
    """An amount in whole units of a currency."""

    span: Span
    currency: str
    others: tuple[Money, ...] = ()
    """The same amount in further currencies, for laws that each count in their own."""


class Contact(Frozen):
    """How an office can be reached: of the organisation, never of a victim."""

    name: LocalisedText | None = None
    ways: tuple[str, ...] = ()
    """E-mail, telephone, address, page; in this order."""
    text: LocalisedText | None = None
    """All of it in one text, as the writer preferred."""


class Encryption(Frozen):
    """Whether the data were encrypted, and whether the key is safe; `None` where nobody knows."""

    encrypted: bool | None
    key_safe: bool | None


Value = (
    tuple[LocalisedText, ...]
    | Span
    | Interval
    | tuple[str, ...]
    | Contact
    | bool
    | str
    | Money
    | Encryption
    | Mapping[str, Span]
)

"""The words of reports, one file a language: `templates/report/en.yaml`; no sentence stands in code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from leakguard.files.shapes import Shape, load
from leakguard.frozen import Frozen
from leakguard.translations.catalogue import catalogue

_UNITS = ((86400, "unit.day"), (3600, "unit.hour"), (60, "unit.minute"), (1, "unit.second"))


class WordsFile(Shape):
    """What a file of words holds."""

    language: str
    """A tag of BCP 47 for the document, such as `en-GB`."""
    texts: dict[str, str]


class Words(Frozen, kw_only=False):
    """Texts by name, in one language."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of this name with its values put in; raises `KeyError` for a name that the file lacks."""
        return self.texts[name].format(**values) if values else self.texts[name]

    def named(self, group: str, name: str) -> str:
        """The word for `name` in a group such as `state`; the name itself, without underscores, where none is given."""
        return self.texts.get(f"{group}.{name}", "") or self.said(name).replace("_", " ")

    def said(self, text: str) -> str:
        """A text of our data, such as the title of a step, in this language; itself where there is none."""
        return catalogue(self.language.partition("-")[0]).said(text)

    def of(self, texts: Mapping[str, str]) -> str:
        """The text in this language of those that a datum has by language; in English where it has none."""
        return texts.get(self.language.partition("-")[0]) or texts["en"]

    def listed(self, parts: Iterable[str]) -> str:
        """Parts in a row."""
        return self.texts["comma"].join(parts)

    def duration(self, seconds: float) -> str:
        """`2 d 3 h`, `59 min`, `12 s`: the two largest units, rounded down."""
        left, parts = int(seconds), []
        for size, unit in _UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(f"{count}{self.texts['gap']}{self.texts[unit]}")
        return self.texts["gap"].join(parts[:2]) or f"0{self.texts['gap']}{self.texts['unit.second']}"

    def month(self, number: int) -> str:
        """`May`."""
        return self.texts[f"month.{number}"]

    def day(self, moment: datetime, zone: ZoneInfo) -> str:
        """`24 May`, on the wall clock of `zone`."""
        local = moment.astimezone(zone)
        return self("day", day=local.day, month=self.month(local.month), year=local.year)

    def minute(self, moment: datetime, zone: ZoneInfo) -> str:
        """`24 May 07:45`."""
        return f"{self.day(moment, zone)} {moment.astimezone(zone):%H:%M}"


def parse_words(text: str, *, name: str) -> Words:
    """Read a file of words; raises `BadFile`."""
    found = load(text, WordsFile, name=name)
    return Words(found.language, found.texts)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`2026-05-24 07:45:12 +08:00`: the same in every language."""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.isoformat()[-6:]}"

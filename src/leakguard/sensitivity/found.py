"""What was found: the kinds of data in the names of a store, gathered into lines that a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leakguard.frozen import Frozen
from leakguard.models.kinds import Category
from leakguard.models.texts import counted
from leakguard.sensitivity.dictionary import Dictionary
from leakguard.sensitivity.masks import pattern_of, shown_name, shown_series
from leakguard.sensitivity.names import classify_collection, classify_extension, classify_fields

MOST_COLLECTIONS = 2_000
MOST_FIELDS = 20_000
"""Names of one store that are looked at; a store with more is told by the first ones."""
MOST_PLACES = 5
"""Places that are told of each kind."""
MOST_CATEGORIES = 100


class NamedCollection(Frozen):
    """A collection, the product's own word for it, and its fields as far as they are known."""

    word: str
    """`index`, `table`, `database`, `bucket`..."""
    name: str
    fields: tuple[str, ...] = ()


_Place = tuple[str, str, str, str, str]
"""A kind, `by`, the word and the series of the collection, and the field."""


def categories_in(collections: Sequence[NamedCollection], words: Dictionary) -> tuple[Category, ...]:
    """The kinds that the names of a store give away, collections of one series told as one."""
    found: dict[_Place, list[str]] = {}
    left = MOST_FIELDS
    for collection in collections[:MOST_COLLECTIONS]:
        series = pattern_of(collection.name)
        for kind in classify_collection(collection.name, words):
            found.setdefault((kind, "collection_name", collection.word, series, ""), []).append(collection.name)
        fields, left = collection.fields[:left], max(0, left - len(collection.fields))
        for field, kinds in classify_fields(collection.name, fields, words).items():
            for kind in kinds:
                found.setdefault((kind, "field_name", collection.word, series, field), []).append(collection.name)
    return _categories(found)


def _categories(found: Mapping[_Place, Sequence[str]]) -> tuple[Category, ...]:
    """At most five places of a kind, those in names of fields first: they say more than the name of the whole."""
    places: dict[str, list[Category]] = {}
    for (kind, by, word, _, field), names in sorted(found.items(), key=lambda pair: pair[0][1] != "field_name"):
        categories = places.setdefault(kind, [])
        if len(categories) < MOST_PLACES:
            where = f"{word} {shown_series(names)}" + (f" field {shown_name(field)}" if field else "")
            categories.append(Category(category=kind, where=where, by=by))
    return tuple(each for place in places.values() for each in place)[:MOST_CATEGORIES]


def categories_of_files(extensions: Mapping[str, int], words: Dictionary) -> tuple[Category, ...]:
    """The kinds that files hold by how their names end, the most frequent first."""
    return tuple(
        Category(
            category=kind,
            where=f"{counted(count, 'file whose name ends', 'files whose names end')} in .{end}",
            by="file_extension",
        )
        for end, count in sorted(extensions.items(), key=lambda pair: (-pair[1], pair[0]))
        if (kind := classify_extension(end, words)) is not None
    )[:MOST_CATEGORIES]


def merged(*several: Iterable[Category]) -> tuple[Category, ...]:
    """All of them, each once; what was counted in values first, for it is surer than a name."""
    every = dict.fromkeys(each for part in several for each in part)
    return tuple(sorted(every, key=lambda category: category.by != "value"))[:MOST_CATEGORIES]


def kinds_of(categories: Iterable[Category]) -> tuple[str, ...]:
    """The kinds, each once."""
    return tuple(dict.fromkeys(category.category for category in categories))

"""Names: which kinds of data a name gives away, alone and beside the other names of its collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leakguard.sensitivity.dictionary import Dictionary
from leakguard.sensitivity.tokens import spans_of, tokens_of

SECOND_SIGNS = 2
"""Kinds of strong names in a collection from which its weak names are believed as well."""
_WEAK_TOGETHER = {"location": 2, "profile.communication_metadata": 3}
"""Kinds whose weak names are believed together, and how many it takes: `lat` and `lon`; `from`, `to` and `subject`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSigns:
    """What one name says by itself."""

    kinds: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    """What it may mean, where something else speaks for it."""


_NOTHING = NameSigns()


def signs_of(name: str, words: Dictionary, *, is_collection: bool = False) -> NameSigns:
    """What a name gives away; the longest entries of the dictionary win, and take their words from the others."""
    tokens = tokens_of(name)
    kinds, weak = dict[str, None](), dict[str, None]()
    is_of_people, start = False, 0
    while start < len(tokens):
        end, found, hint = _at(tokens, start, words, is_collection=is_collection)
        is_of_people = is_of_people or tokens[start] in words.people
        kinds.update(dict.fromkeys(found))
        weak.update(dict.fromkeys(hint))
        start = end
    if is_of_people and not is_collection:
        kinds.update(weak)
        weak = {}
    if not kinds and not weak:
        return _NOTHING
    return NameSigns(kinds=tuple(kinds), weak=tuple(kind for kind in weak if kind not in kinds))


def classify_name(name: str, words: Dictionary) -> tuple[str, ...]:
    """The kinds that the name of a field gives away by itself."""
    return signs_of(name, words).kinds


def classify_collection(name: str, words: Dictionary) -> tuple[str, ...]:
    """The kinds that the name of an index, a table, a database or a bucket gives away."""
    return signs_of(name, words, is_collection=True).kinds


def classify_extension(extension: str, words: Dictionary) -> str | None:
    """The kind of data in files whose names end so; without the dot."""
    return words.extensions.get(extension.lower())


def classify_fields(collection: str, fields: Sequence[str], words: Dictionary) -> Mapping[str, tuple[str, ...]]:
    """The kinds of each field that gives one away, in the order of the fields.

    A weak name is believed in a collection of people, beside strong names of two kinds, or beside its likes.
    """
    signs = {field: signs_of(field, words) for field in fields}
    strong = {kind for each in signs.values() for kind in each.kinds}
    is_of_people = bool(classify_collection(collection, words)) or len(strong) >= SECOND_SIGNS
    together = Counter(kind for each in signs.values() for kind in each.weak)
    found = {
        field: (*each.kinds, *(kind for kind in each.weak if is_of_people or _are_enough(kind, together[kind])))
        for field, each in signs.items()
        if each is not _NOTHING
    }
    return {field: kinds for field, kinds in found.items() if kinds}


def _are_enough(kind: str, count: int) -> bool:
    needed = _WEAK_TOGETHER.get(kind)
    return needed is not None and count >= needed


def _at(
    tokens: Sequence[str], start: int, words: Dictionary, *, is_collection: bool
) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Where the longest entry from `start` on ends, its kinds, and its weak kinds."""
    if not tokens[start].isascii():
        return start + 1, _chinese(tokens[start], words, is_collection=is_collection), ()
    for end, word in spans_of(tokens, start):
        found = words.of(word)
        if is_collection and word in words.collections:
            found = tuple(dict.fromkeys((*(found or ()), *words.collections[word])))
        if found is not None:
            return end, found, ()
        if word in words.weak:
            return end, (), words.weak[word]
    return start + 1, *_run_together(tokens[start], words)


def _run_together(token: str, words: Dictionary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`userphone` and `yonghushouji`: a word for people, and right behind it what of theirs is meant."""
    for cut in range(4, len(token) - 1):
        if token[:cut] in words.people:
            rest = token[cut:]
            if found := words.strong.get(rest) or words.weak.get(rest):
                return found, ()
    return (), ()


def _chinese(token: str, words: Dictionary, *, is_collection: bool) -> tuple[str, ...]:
    found = [kind for word in words.zh_pattern.findall(token) for kind in words.zh[word]]
    if is_collection:
        found += [kind for word in words.zh_collection_pattern.findall(token) for kind in words.zh_collections[word]]
    return tuple(dict.fromkeys(found))

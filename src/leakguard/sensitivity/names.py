"""Names: which kinds of data a name gives away, alone and beside the other names of its collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from leakguard.frozen import Frozen
from leakguard.sensitivity.dictionary import LONGEST_NAME, Dictionary, Kinds, longest_entry, plain, tokens_of

SECOND_SIGNS = 2
"""Kinds of strong names in a collection from which its weak names are believed as well."""
_SHORTEST_PEOPLE = 4
"""Letters of the shortest word for people, `user`."""
_WEAK_TOGETHER = {"location": 2, "profile.communication_metadata": 3}
"""Kinds whose weak names are believed together, and how many it takes: `lat` and `lon`; `from`, `to` and `subject`."""


class NameSigns(Frozen):
    """What one name says by itself."""

    kinds: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    """What it may mean, where something else speaks for it."""


_NOTHING = NameSigns()


def signs_of(name: str, words: Dictionary) -> NameSigns:
    """What the name of a field gives away; the longest entries win, and take their words from the others.

    A weak entry counts for nothing beside a sure one, or words that change its meaning: `host.os.name` is nobody's.
    Nor does any entry before a word that is about it: `email_count` is no address.
    """
    inside, name = _inside(name, words.zh_pattern, words.zh)
    tokens = tokens_of(name)
    kinds, weak = dict.fromkeys(inside), dict[str, None]()
    is_of_people, is_plain, start = False, True, 0
    while start < len(tokens):
        end, found, hint = _at(tokens, start, words)
        if (found or hint) and tokens[end : end + 1] and tokens[end] in words.about:
            found, hint = (), ()
        if found is None and not hint:
            is_of_people = is_of_people or tokens[start] in words.people
            is_plain = is_plain and _is_neutral(tokens[start], words)
        kinds.update(dict.fromkeys(found or ()))
        weak.update(dict.fromkeys(hint))
        start = end
    if kinds:
        return NameSigns(kinds=tuple(kinds))
    if not weak or not is_plain:
        return _NOTHING
    return NameSigns(kinds=tuple(weak)) if is_of_people else NameSigns(weak=tuple(weak))


def classify_collection(name: str, words: Dictionary) -> tuple[str, ...]:
    """The kinds that the name of an index, a table, a database or a bucket gives away.

    Words for many people count wherever they stand; others only where nothing but neutral words follows.
    """
    of_fields, rest = _inside(name, words.zh_pattern, words.zh)
    of_collections, _ = _inside(name, words.zh_collection_pattern, words.zh_collections)
    tokens = tokens_of(rest)
    found, start = dict.fromkeys((*of_fields, *of_collections)), 0
    while start < len(tokens):
        end, anywhere, alone = _at_collection(tokens, start, words)
        found.update(dict.fromkeys(anywhere))
        if alone and all(_is_neutral(token, words) for token in tokens[end:]):
            found.update(dict.fromkeys(alone))
        start = end
    return tuple(found)


def classify_extension(extension: str, words: Dictionary) -> str | None:
    """The kind of data in files whose names end so; without the dot."""
    return words.extensions.get(extension.lower())


def classify_fields(collection: str, fields: Sequence[str], words: Dictionary) -> Mapping[str, tuple[str, ...]]:
    """The kinds of each field that gives one away, in the order of the fields.

    A weak name is believed in a collection of people, beside strong names of two kinds, or beside its likes.
    """
    if not fields:
        return {}
    signs = {field: signs_of(field, words) for field in fields}
    strong = {kind for sign in signs.values() for kind in sign.kinds}
    is_of_people = bool(classify_collection(collection, words)) or len(strong) >= SECOND_SIGNS
    together = Counter(kind for sign in signs.values() for kind in sign.weak)
    found = {
        field: (*each.kinds, *(kind for kind in each.weak if is_of_people or _are_enough(kind, together[kind])))
        for field, each in signs.items()
        if each is not _NOTHING
    }
    return {field: kinds for field, kinds in found.items() if kinds}


def _are_enough(kind: str, count: int) -> bool:
    needed = _WEAK_TOGETHER.get(kind)
    return needed is not None and count >= needed


def _at(tokens: Sequence[str], start: int, words: Dictionary) -> tuple[int, tuple[str, ...] | None, tuple[str, ...]]:
    """Where the longest entry from `start` on ends, its kinds (`None` where there is no entry), and its weak kinds."""
    entry = longest_entry(tokens, start, words.beginnings, words.entries)
    if entry is None:
        return start + 1, _run_together(tokens[start], words), ()
    end, word = entry
    found = words.of(word)
    return (end, None, words.weak[word]) if found is None else (end, found, ())


def _at_collection(
    tokens: Sequence[str], start: int, words: Dictionary
) -> tuple[int, tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Where the longest entry from `start` on ends, and its kinds: wherever it stands, and where it ends the name."""
    entry = longest_entry(tokens, start, words.collection_beginnings, words.collection_entries)
    if entry is None:
        return start + 1, (), ()
    end, word = entry
    anywhere, alone = words.collections.get(word, ()), words.collections_alone.get(word, ())
    return end, anywhere, (*alone, *(words.of(word) or ()))


def _is_neutral(token: str, words: Dictionary) -> bool:
    return token in words.neutral or token.isdigit() or not token.isascii()


def _run_together(token: str, words: Dictionary) -> tuple[str, ...] | None:
    """`userphone` and `yonghushouji`: a word for people, and right behind it what of theirs is meant."""
    for cut in range(_SHORTEST_PEOPLE, len(token) - 1):
        if token[:cut] in words.people:
            rest = token[cut:]
            if found := words.strong.get(rest) or words.weak.get(rest):
                return found
    return None


def _inside(name: str, pattern: str, kinds: Kinds) -> tuple[tuple[str, ...], str]:
    """The kinds of the words inside a name that writes no spaces, and the name without them; `IP` may be one's part."""
    if name.isascii():
        return (), name
    found: dict[str, None] = {}

    def taken(word: re.Match[str]) -> str:
        found.update(dict.fromkeys(kinds.get(word[0].lower(), ())))
        return " "

    rest = re.sub(pattern, taken, plain(name[:LONGEST_NAME]), flags=re.IGNORECASE)
    return tuple(found), rest

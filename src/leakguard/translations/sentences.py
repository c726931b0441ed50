"""Recognises sentences that the program composed in English: the message has `{}` where a value stands.

An error or a reason reaches a page as text. Its message is found again by the words between its places, and the text
of the other language gets the same values. Nothing is glued: each message is a whole sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from leakguard.frozen import Frozen

_PLACE = re.compile(r"\{[a-z_.]*\}")
_FILLED = re.compile(r"\{(?:[a-z_.]*|[0-9])\}")
_LONGEST = 2000
"""Characters of a text that is still compared; a longer one is no sentence."""
_KEY = 4
"""By so many first characters the messages are found; one that begins with a place is compared with every text."""


class Sentence(Frozen):
    """One message with places."""

    pieces: tuple[str, ...]
    """The words before, between and behind the places."""
    names: tuple[str, ...]
    text: str
    longest: str
    """The longest of the pieces: a text without it is another sentence."""

    def values(self, text: str) -> tuple[str, ...] | None:
        """What stands in the places of `text`; `None` where it is another sentence. Takes a time linear in `text`."""
        first, *between, last = self.pieces
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        at, end = len(first), len(text) - len(last)
        found: list[str] = []
        for piece in between:
            upto = text.find(piece, at + 1, end)
            if upto < 0:
                return None
            found.append(text[at:upto])
            at = upto + len(piece)
        if at >= end:
            return None
        return (*found, text[at:end])


class Sentences(Frozen):
    """The messages with places, those with more words first: they say more exactly what is meant."""

    by_begin: Mapping[str, Sequence[Sentence]]

    @classmethod
    def of(cls, messages: Mapping[str, str]) -> Sentences:
        """Those of a catalogue."""
        found: dict[str, list[Sentence]] = defaultdict(list)
        for message, text in messages.items():
            if "{" in message and (names := _PLACE.findall(message)):
                pieces = tuple(_PLACE.split(message))
                found[pieces[0][:_KEY]].append(
                    Sentence(pieces=pieces, names=tuple(names), text=text, longest=max(pieces, key=len))
                )
        for each in found.values():
            each.sort(key=lambda sentence: sum(map(len, sentence.pieces)), reverse=True)
        return cls(by_begin=found)

    def said(self, text: str, say: Callable[[str], str]) -> str:
        """The sentence in the catalogue's language, each value said by `say`; `text` itself where none fits."""
        if len(text) > _LONGEST:
            return text
        for length in range(_KEY, -1, -1):
            for sentence in self.by_begin.get(text[:length], ()):
                values = sentence.values(text) if sentence.longest in text else None
                if values is not None:
                    return _filled(
                        sentence, [_translated(place, value, sentence, say) for place, value in enumerate(values)]
                    )
        return text


def _translated(place: int, value: str, sentence: Sentence, say: Callable[[str], str]) -> str:
    """A value between backticks is an id or a command, and stays."""
    return value if sentence.pieces[place].endswith("`") else say(value)


def _filled(sentence: Sentence, values: Sequence[str]) -> str:
    """A place takes its value by its name or number; `{}` takes them in their order."""
    left = list(values)
    named = dict(zip(sentence.names, values, strict=True)) | {f"{{{at}}}": value for at, value in enumerate(values)}
    return _FILLED.sub(lambda place: left.pop(0) if place.group() == "{}" else named[place.group()], sentence.text)

"""JSON values out of a stream: one a line, in one array, or with a comma too many, as tools write them.

masscan before 1.0.4 ends its array with a comma, or with `{finished: 1}`, which is no JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from leakguard.errors import BadFile

MOST_CHARACTERS = 16 * 1024 * 1024
"""Of one value: a host of Censys with thousands of services is smaller."""
SHORTEST = 16
"""Characters: `{"ip":"::","port":1}` is the shortest entry that names an endpoint, and has twenty."""
MOST_SHORT = 1000
"""Values of a file that are shorter, or no objects; tools write none, or a few beside their entries."""
_BETWEEN = re.compile(r"(?:[\s,\[\]\ufeff]++|\{finished: 1\})*+")
_BEHIND = re.compile(r"[\s,\]]")
_NEXT_STEP = "Export it again as JSON lines, one entry on each line."


@dataclass(slots=True)
class JsonValues:
    """The values of a stream, one after the other; iterate once."""

    chunks: Iterable[str]
    name: str
    most_characters: int = MOST_CHARACTERS
    _buffer: str = field(default="", init=False)
    _at: int = field(default=0, init=False)
    """Where in the buffer the next value begins: cutting off each one by itself would copy all behind it each time."""
    _line: int = field(default=1, init=False)
    _wait: int = field(default=0, init=False)
    """Characters before which another look at an unfinished value does not pay: twice as many as at the last one."""

    _short: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[object]:
        """Each value; raises `BadFile` naming the line where something is no JSON, or is too long.

        As well for more than `MOST_SHORT` values that name nothing: a file of a hundred kilobytes unpacks to millions.
        """
        decoder = json.JSONDecoder()
        for chunk in self.chunks:
            self._buffer, self._at = self._buffer[self._at :] + chunk, 0
            if len(self._buffer) >= self._wait:
                yield from self._ready(decoder)
            if len(self._buffer) - self._at > self.most_characters:
                raise self._bad(f"is longer than {self.most_characters:,} characters, or is no JSON")
        yield from self._ready(decoder)
        if self._is_left:
            yield from self._last(decoder)

    @property
    def _is_left(self) -> bool:
        return self._at < len(self._buffer)

    def _ready(self, decoder: json.JSONDecoder) -> Iterator[object]:
        """The values that are whole already; what may still go on stays in the buffer."""
        self._skip()
        while self._is_left:
            try:
                value, end = decoder.raw_decode(self._buffer, self._at)
            except ValueError:
                self._wait = 2 * (len(self._buffer) - self._at)
                return
            except RecursionError as error:
                raise self._bad("is nested too deeply") from error
            self._wait = 0
            if not isinstance(value, dict) and not _BEHIND.match(self._buffer, end):
                self._wait = 2 * (len(self._buffer) - self._at)
                return  # a number may go on in the next chunk
            self._count(value, end)
            self._take(end)
            yield value
            self._skip()

    def _last(self, decoder: json.JSONDecoder) -> Iterator[object]:
        try:
            value, end = decoder.raw_decode(self._buffer, self._at)
        except ValueError as error:
            raise self._bad("is no JSON") from error
        self._take(end)
        yield value
        self._skip()
        if self._is_left:
            raise self._bad("is no JSON")

    def _count(self, value: object, end: int) -> None:
        self._short += not isinstance(value, dict) or end - self._at < SHORTEST
        if self._short > MOST_SHORT:
            raise self._bad(f"is one of more than {MOST_SHORT:,} values that can name no port")

    def _skip(self) -> None:
        found = _BETWEEN.match(self._buffer, self._at)
        self._take(found.end() if found else self._at)

    def _take(self, end: int) -> None:
        self._line += self._buffer.count("\n", self._at, end)
        self._at = end

    def _bad(self, what: str) -> BadFile:
        """The message never repeats what stands there: it may be a stranger's data."""
        return BadFile.whole(self.name, f"what begins here {what}", line=self._line, next_step=_NEXT_STEP)

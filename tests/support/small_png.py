"""A screenshot as a PNG with 256 colours at most, in pure Python: what is flat, as pages are, gets small by that."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_MARK = b"\x89PNG\r\n\x1a\n"
_MOST, _FREQUENT = 256, 176
_CHANNELS = {2: 3, 6: 4}
"""By the kind of colour that a file names: bytes of a pixel. A browser writes these two."""


def small(png: bytes) -> bytes:
    """The same picture with its most frequent colours; each other one becomes the nearest of them."""
    width, height, channels, data = _read(png)
    rows = list(_rows(zlib.decompress(data), width, height, channels))
    seen: Counter[bytes] = Counter()
    for row in rows:
        seen.update(row)
    palette = _palette(seen)
    numbers = {colour: number for number, colour in enumerate(palette)}
    numbers |= {colour: _nearest(colour, palette) for colour in seen if colour not in numbers}
    packed = b"".join(b"\0" + bytes(numbers[colour] for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(packed, 9)), (b"IEND", b""))
    return _MARK + b"".join(_chunk(name, content) for name, content in parts)


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    assert png.startswith(_MARK)
    place, data, head = len(_MARK), b"", b""
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        name, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        head = content if name == b"IHDR" else head
        data += content if name == b"IDAT" else b""
        place += length + 12
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    assert (depth, interlaced) == (8, 0)
    return width, height, _CHANNELS[kind], data


def _rows(data: bytes, width: int, height: int, channels: int) -> Iterator[list[bytes]]:
    """Each line as the colours of its pixels, without what a file says of transparency."""
    length = width * channels
    before = bytearray(length)
    for number in range(height):
        start = number * (length + 1)
        line = bytearray(data[start + 1 : start + 1 + length])
        _unfilter(data[start], line, before, channels)
        before = line
        yield [bytes(line[place : place + 3]) for place in range(0, length, channels)]


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> None:
    """Undo what a PNG does to a line so that it packs well."""
    for place in range(len(line)):
        left = line[place - step] if place >= step else 0
        up, corner = above[place], above[place - step] if place >= step else 0
        guess = (0, left, up, (left + up) // 2, 0)[kind] if kind < 4 else _paeth(left, up, corner)
        if guess:
            line[place] = (line[place] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]


def _palette(seen: Counter[bytes]) -> list[bytes]:
    """The most frequent colours, and of the others those that none of them is like: a dot of green stays green."""
    palette = [colour for colour, _ in seen.most_common(_FREQUENT)]
    far = {colour: _distance(colour, palette[_nearest(colour, palette)]) for colour in seen}
    while len(palette) < _MOST and any(far.values()):
        added = max(far, key=far.__getitem__)
        palette.append(added)
        far = {colour: min(before, _distance(colour, added)) for colour, before in far.items()}
    return palette


def _distance(one: bytes, other: bytes) -> int:
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    far = [_distance(colour, one) for one in palette]
    return far.index(min(far))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

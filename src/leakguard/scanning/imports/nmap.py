"""nmap's XML (`-oX`), also as masscan writes it: hosts with their open TCP ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import errors

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from leakguard.errors import BadFile
from leakguard.scanning.imports.seen import ImportNotes, SeenPort, seen_port

_ROOT = "nmaprun"
_ENDS_EARLY = frozenset(errors.codes[text] for text in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN))
_NEXT_STEP = "Write it with `nmap -oX FILE`."
MOST_IN_HOST = 64 * 1024 * 1024
"""Bytes of one host, or between two: with all 65,535 ports open, each with its service, nmap writes a quarter of it."""
MOST_IN_WORD = 4 * 1024 * 1024
"""Bytes of one tag or text, which expat 2.5 reads anew with each piece that comes."""
MOST_ELEMENTS = 1_000_000
"""Of one host, or between two: fifteen for each of its ports, in memory some 300 bytes each."""


class _NmapDocument:
    """The file as it is read, and how much of it has to be held at once; raises `BadFile` for what no nmap writes."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._bytes = self._bytes_of_word = self._elements = 0

    def read(self, size: int = -1) -> bytes:
        """A piece of the file."""
        piece = self._stream.read(size)
        self._bytes += len(piece)
        self._bytes_of_word += len(piece)
        if self._bytes > MOST_IN_HOST or self._bytes_of_word > MOST_IN_WORD:
            raise _bad(self._name, "one of its hosts, or what stands between two, is longer than nmap writes any")
        return piece

    def saw(self, event: str) -> None:
        """An element begins (`start`) or ends."""
        self._bytes_of_word = 0
        self._elements += event == "start"
        if self._elements > MOST_ELEMENTS:
            raise _bad(self._name, f"one of its hosts has more than {MOST_ELEMENTS:,} elements")

    def let_go(self) -> None:
        """Nothing of what came is held any more."""
        self._bytes = self._elements = 0


def read_nmap(stream: BinaryIO, reading: ImportNotes, *, name: str) -> Iterator[SeenPort]:
    """Each open TCP port, host by host, in flat memory.

    A file whose scan was broken off is read as far as it goes, which is noted in `reading`.
    Raises `BadFile` for what is no XML of nmap, for a host too large to hold, and for XML that defines entities.
    """
    root: Element | None = None
    held = _NmapDocument(stream, name)
    try:
        for event, element in iterparse(held, events=("start", "end")):
            held.saw(event)
            root = root if root is not None else _root(element, name)
            if event == "end" and element.tag == "host":
                yield from _ports(element, reading)
                root.clear()
                held.let_go()
    except ParseError as error:
        if root is None or error.code not in _ENDS_EARLY:
            raise _bad(name, "this is no XML of nmap", line=error.position[0]) from error
        reading.notes.append("the file ends in the middle, as when its scan was broken off")
    except DefusedXmlException as error:
        raise _bad(name, "it defines entities, which nmap never does") from error
    except (LookupError, ValueError) as error:  # an encoding that expat does not know, or cannot read
        raise _bad(name, "this is no XML of nmap") from error


def _root(element: Element, name: str) -> Element:
    if element.tag != _ROOT:
        raise _bad(name, f"it does not begin with `<{_ROOT}>`")
    return element


def _ports(host: Element, reading: ImportNotes) -> Iterator[SeenPort]:
    kinds = {each.get("addrtype"): each.get("addr") for each in host.iter("address")}
    address = kinds.get("ipv4") or kinds.get("ipv6")
    typed_first = sorted(host.iter("hostname"), key=lambda each: each.get("type") != "user")
    names = [each.get("name") for each in typed_first]
    for port in host.iter("port"):
        state = port.find("state")
        is_open = port.get("protocol") == "tcp" and state is not None and state.get("state") == "open"
        found = seen_port(address, port.get("portid"), names) if is_open else None
        if found is None:
            reading.skipped += 1
        else:
            yield found


def _bad(name: str, text: str, *, line: int | None = None) -> BadFile:
    return BadFile.whole(name, text, line=line, next_step=_NEXT_STEP)

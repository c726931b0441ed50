"""nmap's XML (`-oX`), also as masscan writes it: hosts with their open TCP ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import errors

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from leakguard.errors import BadFile, Problem
from leakguard.scanning.imports.seen import Reading, SeenPort, seen_port

_ROOT = "nmaprun"
_ENDS_EARLY = frozenset(errors.codes[text] for text in (errors.XML_ERROR_NO_ELEMENTS, errors.XML_ERROR_UNCLOSED_TOKEN))
_NEXT_STEP = "Write it with `nmap -oX FILE`."


def read_nmap(stream: BinaryIO, reading: Reading, *, name: str) -> Iterator[SeenPort]:
    """Each open TCP port, host by host, in flat memory.

    A file whose scan was broken off is read as far as it goes, which is noted in `reading`.
    Raises `BadFile` for what is no XML of nmap, and for XML that defines entities.
    """
    root: Element | None = None
    try:
        for event, element in iterparse(stream, events=("start", "end")):
            root = root if root is not None else _root(element, name)
            if event == "end" and element.tag == "host":
                yield from _ports(element, reading)
                root.clear()
    except ParseError as error:
        if root is None or error.code not in _ENDS_EARLY:
            raise _bad(name, "this is no XML of nmap", line=error.position[0]) from error
        reading.notes.append("the file ends in the middle, as when its scan was broken off")
    except DefusedXmlException as error:
        raise _bad(name, "it defines entities, which nmap never does") from error


def _root(element: Element, name: str) -> Element:
    if element.tag != _ROOT:
        raise _bad(name, f"it does not begin with `<{_ROOT}>`")
    return element


def _ports(host: Element, reading: Reading) -> Iterator[SeenPort]:
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
    return BadFile(name, (Problem(where="", text=text, line=line),), next_step=_NEXT_STEP)

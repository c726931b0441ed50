"""Takes the targets of a scan out of the files of other tools."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from leakguard.errors import OutOfScope, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.scope import Scope
from leakguard.models.texts import counted
from leakguard.ports import Resolve
from leakguard.scanning.imports import json_tools
from leakguard.scanning.imports.choose import ChosenTargets, choose
from leakguard.scanning.imports.nmap import read_nmap
from leakguard.scanning.imports.seen import ImportNotes, SeenPort
from leakguard.scanning.targets import Target
from leakguard.use_cases.scans.plan_scan import gate_of

JSON_READERS = {
    "masscan": json_tools.masscan,
    "nuclei": json_tools.nuclei,
    "shodan": json_tools.shodan,
    "censys": json_tools.censys,
}
TOOLS = ("nmap", *JSON_READERS)


class ImportFile(Frozen):
    """One file of another tool."""

    tool: str
    """One of `TOOLS`."""
    name: str
    open: Callable[[], BinaryIO]
    """Its bytes, unpacked."""


class ImportedTargets(Frozen):
    """The targets of all files, and what a person should know about them."""

    targets: tuple[Target, ...]
    notes: tuple[str, ...]


def import_targets(files: Iterable[ImportFile], scope: Scope, resolve: Resolve) -> ImportedTargets:
    """The open ports of the files that lie in the scope.

    Raises `BadFile` for a file that is none of its tool, `UsageProblem` where none names an open port,
    `OutOfScope` where nothing that they name lies in the scope.
    """
    notes: list[str] = []
    chosen = choose(_all_ports(tuple(files), notes), gate_of(scope, resolve))
    if chosen.outside_count and not chosen.targets:
        raise OutOfScope(
            f"the file names {_outside(chosen)}, and none is in the scope `{scope.name}`",
            next_step="Probe only what the owner has put into the scope; `leakguard scope show` lists it.",
        )
    if not chosen.targets:
        raise UsageProblem("the file names no open TCP port", next_step="Check that it is a file of that tool.")
    if chosen.outside_count:
        notes.append(f"{_outside(chosen)} outside the scope `{scope.name}`: left out")
    notes.append(f"{counted(chosen.endpoint_count, 'endpoint')} taken over")
    return ImportedTargets(targets=chosen.targets, notes=tuple(notes))


def _outside(chosen: ChosenTargets) -> str:
    """`12 endpoints`, `more than 1,000,000 endpoints`."""
    return ("more than " if chosen.is_outside_more else "") + counted(chosen.outside_count, "endpoint")


def _all_ports(files: tuple[ImportFile, ...], notes: list[str]) -> Iterator[SeenPort]:
    for file in files:
        reading = ImportNotes()
        with file.open() as stream:
            yield from _ports(file, stream, reading)
        if reading.skipped:
            reading.notes.append(f"{counted(reading.skipped, 'entry', 'entries')} without an open TCP port")
        notes.extend(f"{file.name}: {note}" for note in reading.notes)


def _ports(file: ImportFile, stream: BinaryIO, reading: ImportNotes) -> Iterator[SeenPort]:
    if file.tool == "nmap":
        return read_nmap(stream, reading, name=file.name)
    return json_tools.read_json(_texts(stream), JSON_READERS[file.tool], reading, name=file.name)


def _texts(stream: BinaryIO, size: int = 1 << 16) -> Iterator[str]:
    """The text in pieces; bytes that are no UTF-8 become signs that no address holds."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    while piece := stream.read(size):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)

"""The options of a scan that take targets from files of other tools."""

from __future__ import annotations

import gzip
import io
import sys
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from leakguard.cli.options import Command, Context, load_scope
from leakguard.cli.refusals import unreadable
from leakguard.errors import BadFile

if TYPE_CHECKING:
    from leakguard.cli.scan.wish import Options
    from leakguard.scanning.targets import Target

_GZIP = b"\x1f\x8b"
MOST_BYTES = 16 * 1024**3
"""Of one file, unpacked: more is a bomb, or belongs into several scans."""
_FILES = (
    ("nmap", "XML", "nmap's or masscan's XML (-oX)"),
    ("masscan", "JSON", "masscan's JSON (-oJ, -oD)"),
    ("nuclei", "JSONL", "nuclei's findings (-jsonl)"),
    ("shodan", "FILE", "a download of Shodan (JSON lines, .gz too)"),
    ("censys", "FILE", "an export of Censys (JSON, .gz too)"),
)


def import_options(command: Command) -> Command:
    """`--from-nmap XML` and its kin; each may stand several times, and `-` is stdin."""
    made = (
        click.option(f"--from-{tool}", metavar=metavar, multiple=True, help=f"Open ports in the scope from {what}.")
        for tool, metavar, what in reversed(_FILES)
    )
    return reduce(lambda wrapped, option: option(wrapped), made, command)


def imported_targets(context: Context, asked: Options) -> tuple[Target, ...]:
    """The targets of the files; says on stderr what was taken over and what was left out."""
    from leakguard.use_cases.scans.import_targets import ImportFile, import_targets  # noqa: PLC0415  (few scans import)

    files = tuple(ImportFile(tool=tool, name=name, open=partial(open_import, name)) for tool, name in asked.imports)
    found = import_targets(files, load_scope(context, asked.scope), context.wiring.resolve)
    for note in found.notes:
        context.notes.print(f"{note}.")
    return found.targets


def open_import(name: str, *, most_bytes: int = MOST_BYTES) -> BinaryIO:
    """The unpacked bytes of a file that the user named (`-` is stdin); raises `BadFile` when it cannot be read.

    Reading on behind `most_bytes`, or in a broken `.gz`, raises `BadFile` as well.
    """
    try:
        inner = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115  (returned)
    except OSError as error:
        raise unreadable(name, error) from error
    raw = io.BufferedReader(cast("io.RawIOBase", inner))
    unpacked = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == _GZIP else raw
    return cast("BinaryIO", _Capped((cast("BinaryIO", unpacked), cast("BinaryIO", raw)), name, most_bytes))


class _Capped(io.RawIOBase):
    """A stream that ends with an error instead of going on for ever."""

    def __init__(self, inner: tuple[BinaryIO, BinaryIO], name: str, most_bytes: int) -> None:
        """`inner` is what is read, and the file below it."""
        super().__init__()
        self._inner, self._name, self._left = inner, name, most_bytes

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As any stream; raises `BadFile`."""
        try:
            piece = self._inner[0].read(size)
        except (OSError, EOFError) as error:
            raise BadFile.whole(self._name, "it cannot be read to its end") from error
        self._left -= len(piece)
        if self._left < 0:
            raise BadFile.whole(self._name, "it is too long", next_step="Split the file.")
        return piece

    def close(self) -> None:
        """Close what is read, too."""
        for each in self._inner:
            each.close()
        super().close()

"""The options of a scan that take targets from files of other tools."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING, BinaryIO

import click

from leakguard.cli.options import Command, Context, load_scope
from leakguard.files.opening import open_unpacked

if TYPE_CHECKING:
    from leakguard.cli.scan.scan_options import Options
    from leakguard.scanning.targets import Target

MOST_BYTES = 16 * 1024**3
"""Of one file, unpacked: more is a bomb, or belongs into several scans."""
_FILES = (
    ("nmap", "XML", "XML of nmap or masscan (-oX)", "open ports"),
    ("masscan", "JSON", "JSON of masscan (-oJ, -oD)", "open ports"),
    ("nuclei", "JSONL", "findings of nuclei (-jsonl)", "endpoints"),
    ("shodan", "FILE", "a download from Shodan (JSON lines, .gz too)", "open ports"),
    ("censys", "FILE", "an export from Censys (JSON, .gz too)", "open ports"),
)


def import_options(command: Command) -> Command:
    """`--from-nmap XML` and its kin; each may stand several times, and `-` is stdin."""
    made = (
        click.option(
            f"--from-{tool}",
            metavar=metavar,
            multiple=True,
            help=f"Read {what}. Probe the {listed} that it lists, on those of its hosts that are in the scope.",
        )
        for tool, metavar, what, listed in reversed(_FILES)
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
    """The unpacked bytes of a file that the user named (`-` is stdin); raises `BadFile`, see `open_unpacked`."""
    return open_unpacked(name, most=most_bytes)

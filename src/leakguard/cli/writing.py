"""Where results go: to stdout, or to the file that the user named, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from leakguard.cli.refusals import unwritable
from leakguard.cli.replacing import replacing, try_place
from leakguard.errors import UsageProblem
from leakguard.models.file_modes import Output, mode_of


def write_new_file(path: Path, text: str, kind: Output = Output.RESULT) -> None:
    """Write a file that must not exist yet, whole or not at all; raises `UsageProblem` or `FileLost`."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode_of(kind))
        try:
            with os.fdopen(number, "w", encoding="utf-8") as handle:
                handle.write(text)
        except OSError:  # half a file would be taken for a whole one, and never be replaced
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise UsageProblem(f"{path} exists already", next_step="Choose another name, or remove it first.") from error
    except OSError as error:
        raise unwritable(str(path), error) from error


def write_text(text: str, output: str | None, kind: Output = Output.RESULT) -> None:
    """Write to stdout, or replace the file that `--output` names."""
    if output is None or output == "-":
        click.echo(text, nl=False)
    else:
        replace_file(output, text, kind)


def refuse_unwritable(output: str | None) -> None:
    """Raise `UsageProblem` before the work where its result could not be written; the place is left as it is."""
    if output is None or output == "-":
        return
    try:
        try_place(Path(output))
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror}", next_step="Choose another place; nothing was done yet."
        ) from error


def replace_file(path: str, text: str, kind: Output = Output.RESULT) -> None:
    """Replace a text file in one step; see `replace_bytes`."""
    replace_bytes(path, text.encode(), kind)


def replace_bytes(path: str, document: bytes, kind: Output = Output.RESULT) -> None:
    """Replace a file in one step, see `replacing`; raises `UsageProblem`, and `FileLost` for a disk without room."""
    replace_chunks(path, (document,), kind)


def replace_by_parts(path: Path, parts: Iterable[str]) -> None:
    """As `replace_bytes` for a text that is made while it is written; raises `OSError`."""
    with replacing(path) as handle:
        handle.writelines(part.encode() for part in parts)


def replace_chunks(path: str, chunks: Iterable[bytes], kind: Output = Output.RESULT) -> None:
    """As `replace_bytes` for a file that is made while it is written; what its maker raises leaves the old file."""
    try:
        with replacing(Path(path), kind) as handle:
            handle.writelines(chunks)
    except OSError as error:
        raise unwritable(path, error) from error


def write_result(parts: Iterable[str], output: str | None) -> None:
    """Write a result part by part to stdout, or to the file `output`, which changes in one step when all is written.

    Raises `UsageProblem` or `FileLost` when the file cannot be written; a reader who leaves is `cli.main`'s business.
    """
    if output is None or output == "-":
        sys.stdout.writelines(parts)
        sys.stdout.flush()
        return
    try:
        replace_by_parts(Path(output), parts)
    except OSError as error:
        raise unwritable(output, error) from error

"""What a form of the console brings: its fields, and files that are written to the disk as they arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from leakguard.errors import StoreUnusable
from leakguard.frozen import Frozen
from leakguard.web.call import RequestRefused, TooLong, Upload
from leakguard.web.dispatch import MOST_BODY, MOST_UPLOAD

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_FIELDS = 2_000
MOST_FILES = 50
_FORM, _PARTS = "application/x-www-form-urlencoded", "multipart/form-data"
_PIECE = 2**20


class Form(Frozen):
    """What was sent."""

    fields: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[Upload]]
    digest: str
    """Tells whether two forms are the same."""


async def read_form(request: Request, closing: ExitStack, *, takes_files: bool) -> Form:
    """The fields and files of a form. Raises `RequestRefused` for what is none, `TooLong`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == _PARTS and takes_files:
            return await _parts(request, closing)
        if kind == _FORM:
            return await _fields(request)
    except (ValueError, MultiPartException, HTTPException) as error:
        raise _no_form() from error
    raise _no_form()


def _no_form() -> RequestRefused:
    return RequestRefused("this is no form of this page", (), next_step="Load the page again, and send its form.")


async def _fields(request: Request) -> Form:
    text = b"".join([chunk async for chunk in _capped(request, MOST_BODY)])
    fields = parse_qs(text.decode(), keep_blank_values=True, strict_parsing=bool(text), max_num_fields=MOST_FIELDS)
    return Form(fields=_readable(fields), files={}, digest=sha256(text).hexdigest())


async def _parts(request: Request, closing: ExitStack) -> Form:
    parser = MultiPartParser(
        request.headers, _capped(request, MOST_UPLOAD), max_files=MOST_FILES, max_fields=MOST_FIELDS,
        max_part_size=MOST_BODY,
    )  # fmt: skip
    try:
        read = await parser.parse()
    except OSError as error:  # a full disk
        raise StoreUnusable(
            f"the server cannot keep the upload ({error.strerror})",
            next_step="Free space in the server's temporary directory (TMPDIR), and send the file again.",
        ) from error
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    digest = sha256()
    for name, value in read.multi_items():
        if isinstance(value, UploadFile):
            closing.callback(value.file.close)
            if value.filename:
                files.setdefault(name, []).append(await to_thread.run_sync(_upload, value))
        else:
            fields.setdefault(name, []).append(value)
    for name in sorted(files):
        digest.update("".join((name, *(one.sha256 for one in files[name]))).encode())
    digest.update(repr(sorted(fields.items())).encode())
    return Form(fields=_readable(fields), files=files, digest=digest.hexdigest())


def _upload(value: UploadFile) -> Upload:
    """The bytes in a file of their own: what is small is written to the disk now."""
    file = value.file
    number = file.fileno()
    file.seek(0)
    digest, size = sha256(), 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return Upload(
        file=file, size=size, path=f"/proc/self/fd/{number}", sha256=digest.hexdigest(), name=value.filename or ""
    )


def _readable(fields: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """A browser sends line ends of its own; no database keeps a null character."""
    if any("\0" in value for values in fields.values() for value in values):
        raise ValueError("a null character")
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()}


async def _capped(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLong(f"a form may have {most:,} bytes", (), next_step="Send less, or a smaller file.")
        yield chunk

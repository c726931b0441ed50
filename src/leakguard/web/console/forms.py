"""What a form of the console brings: its fields, and files that are written to the disk as they arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO
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

    fields: Mapping[str, Sequence[str]] = {}
    files: Mapping[str, Sequence[Upload]] = {}
    digest: str = ""
    """Tells whether two forms are the same."""


class _Parser(MultiPartParser):
    """Holds no more text in the memory than a form without files may have."""

    _text = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        """Count what is no file, all fields together."""
        if self._current_part.file is None:
            self._text += end - start
            if self._text > MOST_BODY:
                raise _too_long(MOST_BODY)
        super().on_part_data(data, start, end)


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
    if "charset" in request.headers["content-type"].lower():  # no browser says one; some take for ever to decode
        raise ValueError("a charset")
    parser = _Parser(
        request.headers, _capped(request, MOST_UPLOAD), max_files=MOST_FILES, max_fields=MOST_FIELDS,
        max_part_size=MOST_BODY,
    )  # fmt: skip
    with _on_full_disk():
        read = await parser.parse()
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    digest = sha256()
    for name, value in read.multi_items():
        if isinstance(value, UploadFile):
            closing.callback(_let_go, value.file)
            if value.filename:
                with _on_full_disk():
                    files.setdefault(name, []).append(await to_thread.run_sync(_upload, value))
        else:
            fields.setdefault(name, []).append(value)
    for name in sorted(files):
        digest.update("".join((name, *(upload.sha256 for upload in files[name]))).encode())
    digest.update(repr(sorted(fields.items())).encode())
    _refuse_odd(*files, *(upload.name for given in files.values() for upload in given))
    return Form(fields=_readable(fields), files=files, digest=digest.hexdigest())


@contextmanager
def _on_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            f"the server cannot keep the upload ({error.strerror})",
            next_step="Free space in the server's temporary directory (TMPDIR), and send the file again.",
        ) from error


def _let_go(file: BinaryIO) -> None:
    """What a full disk did not take is tried again as the file is closed; by then nobody wants it any more."""
    with suppress(OSError):
        file.close()


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
    _refuse_odd(*fields, *(value for values in fields.values() for value in values))
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()}


def _refuse_odd(*texts: str) -> None:
    if any("\0" in text for text in texts):
        raise ValueError("a null character")


def _too_long(most: int) -> TooLong:
    return TooLong(f"a form may have {most:,} bytes", (), next_step="Send less, or a smaller file.")


async def _capped(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise _too_long(most)
        yield chunk

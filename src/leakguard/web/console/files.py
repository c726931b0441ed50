"""A file as the answer of an act: made in a file without a name, and sent piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, cast

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from leakguard.errors import StoreUnusable

if TYPE_CHECKING:
    from leakguard.web.call import Answer

_PIECE = 2**18


def file_response(answer: Answer, headers: Mapping[str, str]) -> Response:
    """The answer with its bytes; a large bundle is never in the memory as a whole. Raises what making it raises."""
    if answer.chunks is None:
        return Response(b"", answer.status or 200, dict(headers), media_type=answer.media)
    with ExitStack() as closing:
        file = closing.enter_context(TemporaryFile())
        try:
            for chunk in cast("Iterable[bytes]", answer.chunks):  # no act streams
                file.write(chunk)
            size = file.tell()
            file.seek(0)
        except OSError as error:
            raise StoreUnusable(
                f"the server cannot make the file ({error.strerror})",
                next_step="Free space in the server's temporary directory (TMPDIR), and try again.",
            ) from error
        kept = closing.pop_all()
    return StreamingResponse(
        _pieces(file), answer.status or 200, {**headers, "content-length": str(size)}, media_type=answer.media,
        background=BackgroundTask(kept.close),
    )  # fmt: skip


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece

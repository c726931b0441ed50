"""Runs an operation for a request that the door has let in: reads it, calls the handler, shows the answer."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any

from anyio import to_thread
from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from leakguard.errors import Problem, StoreUnusable
from leakguard.frozen import Frozen, replace
from leakguard.web.call import JSON, Answer, Call, RequestRefused, TooLong, Upload, fitted
from leakguard.web.operation import BodyKind, Operation

if TYPE_CHECKING:
    from starlette.requests import Request

    from leakguard.use_cases.accounts.callers import Caller
    from leakguard.web.jobs import Jobs
    from leakguard.web.once import KeyedRequest
    from leakguard.web.request_wiring import RequestWiring

MOST_BODY = 2_000_000
"""Bytes of a document or a text."""
MOST_UPLOAD = 2 * 2**30
"""Bytes of a file."""
_KEPT_HEADERS = frozenset({"if-match", "last-event-id", "accept"})
_YAML = "application/yaml"


class AdmittedRequest(Frozen):
    """Who was let in, and what the request works with."""

    caller: Caller | None
    """`None` for what anybody may ask."""
    wiring: Callable[[], RequestWiring]
    """Makes the wiring of this request, in the thread that uses it first."""
    jobs: Jobs
    environment: Mapping[str, str] = {}
    once: KeyedRequest | None = None
    """Where the request has an idempotency key."""
    still: Callable[[], bool] = lambda: True
    """Whether who opened a stream may still read it; asked in a thread, before each part."""


async def perform(operation: Operation, request: Request, let: AdmittedRequest) -> Response:
    """The answer of the operation. Raises `RequestRefused` for what does not fit, and what the use case raises.

    The wiring is closed once the answer has been sent to its end, or has failed.
    """
    with ExitStack() as closing:
        call = await _read(operation, request, let, closing)
        answer = await to_thread.run_sync(_handled, operation, call, let, closing)
        if request.method == "HEAD" and answer.chunks is not None:
            answer = replace(answer, chunks=())  # no file is made for nobody
        return _response(operation, answer, let, closing.pop_all())


def _handled(operation: Operation, call: Call, let: AdmittedRequest, closing: ExitStack) -> Answer:
    wiring = let.wiring()
    closing.callback(wiring.close)
    if operation.needs_store:
        wiring.need_store()
    act = partial(operation.handler, replace(call, wiring=wiring))
    return act() if let.once is None else let.once.answered(wiring, call.digest, act, operation.status)


async def _read(operation: Operation, request: Request, let: AdmittedRequest, closing: ExitStack) -> Call:
    problems: list[Problem] = []
    query = _model(operation.query, dict(request.query_params), "query", problems, is_strict=False)
    if operation.query is None and request.query_params:
        problems.append(Problem(where="query", text="this operation takes no query"))
    problems += [
        Problem(where=f"path.{name}", text="holds a sign that no text has")
        for name, value in request.path_params.items()
        if "\0" in value  # no database keeps it
    ]
    body, upload, text = None, None, ""
    if operation.takes is BodyKind.FILE:
        upload = await _upload(request, closing)
    elif operation.takes is not BodyKind.NOTHING:
        text = await _text(request, problems)
        body = text if operation.takes is BodyKind.TEXT else _document(operation, text, problems)
    if problems:
        raise RequestRefused("the request does not fit", tuple(problems))
    return Call(
        caller=let.caller, wiring=None, jobs=let.jobs, path=dict(request.path_params), query=query,  # type: ignore[arg-type]  # `_handled` makes the wiring
        body=body, upload=upload, environment=let.environment,
        digest=_digest(request, upload.sha256 if upload is not None else text),
        headers={name: value for name, value in request.headers.items() if name in _KEPT_HEADERS},
    )  # fmt: skip


def _digest(request: Request, body: str) -> str:
    """What the request asks for, in 64 characters."""
    asked = (request.method, request.url.path, request.url.query, body)
    return sha256(json.dumps(asked).encode("ascii")).hexdigest()


def _document(operation: Operation, text: str, problems: list[Problem]) -> Any:  # noqa: ANN401  (JSON holds anything)
    if problems:
        return None
    try:
        value = json.loads(text, parse_constant=_refuse_constant) if text.strip() else {}
    except ValueError as error:
        problems.append(Problem(where="body", text=f"is no JSON: {error}"))
        return None
    except RecursionError:
        problems.append(Problem(where="body", text="is nested too deep"))
        return None
    return _model(operation.request, value, "body", problems, is_strict=True)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def read_model(model: type[BaseModel] | None, value: Mapping[str, Any], where: str) -> BaseModel | None:
    """What an operation takes, from plain values; raises `RequestRefused` with every problem."""
    problems: list[Problem] = []
    read = _model(model, value, where, problems, is_strict=where == "body")
    if problems:
        raise RequestRefused("the request does not fit", tuple(problems))
    return read


def _model(
    model: type[BaseModel] | None, value: Any, where: str, problems: list[Problem], *, is_strict: bool  # noqa: ANN401  (JSON holds anything)
) -> BaseModel | None:  # fmt: skip
    if model is None:
        return None
    try:
        return model.model_validate_json(json.dumps(value), strict=True) if is_strict else model.model_validate(value)
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            place = ".".join((where, *map(str, problem["loc"])))
            length = _length_of(problem["type"], problem.get("ctx", {}))
            problems.append(Problem(where=place, text=length or problem["msg"].removeprefix("Value error, ")))
    except ValueError:
        problems.append(Problem(where=where, text="holds what no text may hold"))
    return None


def _length_of(kind: str, limits: Mapping[str, Any]) -> str:
    """What is wrong with the length of a text, in words that a page translates; empty for any other problem."""
    if kind == "string_too_long":
        return f"may have at most {limits['max_length']:,} characters"
    if kind == "string_too_short":
        return "is empty" if limits["min_length"] == 1 else f"needs at least {limits['min_length']} characters"
    return ""


async def _text(request: Request, problems: list[Problem]) -> str:
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BODY:
            raise TooLong(
                f"a document may have {MOST_BODY:,} bytes", (), next_step="Upload a file as evidence instead."
            )
        parts.append(chunk)
    try:
        return b"".join(parts).decode()
    except UnicodeDecodeError:
        problems.append(Problem(where="body", text="is no text in UTF-8"))
        return ""


async def _upload(request: Request, closing: ExitStack) -> Upload:
    """The body in a file that has no name: nobody else opens it, and it is gone with the request."""
    file, size, digest = tempfile.TemporaryFile(), 0, sha256()  # noqa: SIM115  (closed with the request)
    closing.callback(_let_go, file)
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_UPLOAD:
            raise TooLong(
                f"a file may have {MOST_UPLOAD:,} bytes", (),
                next_step="Take it in on the machine itself: leakguard evidence add FILE --incident ID",
            )  # fmt: skip
        digest.update(chunk)
        await to_thread.run_sync(_written, file, chunk)
    file.seek(0)
    return Upload(file=file, size=size, path=f"/proc/self/fd/{file.fileno()}", sha256=digest.hexdigest())


def _written(file: IO[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
        file.flush()
    except OSError as error:  # a full disk, a quota, a limit of the size of files
        raise StoreUnusable(
            f"the server cannot keep the upload ({error.strerror})",
            next_step="Free space in the server's temporary directory (TMPDIR), and send the file again.",
        ) from error


def _let_go(file: IO[bytes]) -> None:
    """What a full disk did not take is tried again as the file is closed; by then nobody wants it any more."""
    with suppress(OSError):
        file.close()


def _response(operation: Operation, answer: Answer, let: AdmittedRequest, closing: ExitStack) -> Response:
    status = answer.status or operation.status
    headers = dict(answer.headers)
    if answer.file_name:
        headers["content-disposition"] = f'attachment; filename="{fitted(answer.file_name)}"'
    done = BackgroundTask(closing.close)
    if answer.chunks is None:
        text = json.dumps(answer.document, ensure_ascii=False).encode("utf-8", "replace")
        return Response(text, status, headers, media_type=answer.media or JSON, background=done)
    return StreamingResponse(_closed(answer.chunks, let.still, closing), status, headers, media_type=answer.media)


async def _closed(chunks: Any, still: Callable[[], bool], closing: ExitStack) -> AsyncIterator[bytes]:  # noqa: ANN401  (one of two kinds)
    """The chunks, each made in a thread, and the wiring closed behind the last one, or when nobody listens any more."""
    try:
        if isinstance(chunks, AsyncIterator):
            async for chunk in chunks:
                if not await to_thread.run_sync(still):
                    return
                yield chunk
            return
        pieces: Iterator[bytes] = iter(chunks)
        while (piece := await to_thread.run_sync(next, pieces, None)) is not None:
            yield piece
    finally:
        closing.close()

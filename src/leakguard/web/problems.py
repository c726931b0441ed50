"""Refusals as problem documents (RFC 9457), with the next step that the command line names."""

from __future__ import annotations

import re
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from leakguard.errors import (
    BadFile,
    ExitCode,
    LeakGuardError,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    RightMissing,
    StoreUnusable,
    TooManyAttempts,
)
from leakguard.web.call import RequestRefused, TooLong
from leakguard.web.hosts import WrongHost, WrongWay
from leakguard.web.limits import TooLarge, TooMany, TooSlow
from leakguard.web.once import CutOff, KeyUsedBefore, StillAtWork
from leakguard.web.sessions import CrossSite

MEDIA = "application/problem+json"
STATUSES: tuple[tuple[type[LeakGuardError], int], ...] = (
    (WrongHost, 421), (WrongWay, 403), (CrossSite, 403), (TooSlow, 408), (TooLarge, 413), (TooLong, 413),
    (KeyUsedBefore, 422), (RequestRefused, 422), (BadFile, 422), (TooMany, 429), (TooManyAttempts, 429),
    (NotLoggedIn, 401), (RightMissing, 403), (NotFound, 404), (NotAllowed, 409), (StoreUnusable, 503),
)  # fmt: skip
"""The first that fits; all else is 400 where the command line calls it a wrong use, and 503 where it is not."""
WORDS = {404: "there is nothing here", 405: "this path takes other methods", 500: "a bug in LeakGuard"}
_NEXT = {
    404: "Read which paths there are: /api/v1/docs", 405: "Read which paths there are: /api/v1/docs",
    500: "Nothing that was stored is lost. Report the error of the server's log with this request's id.",
}  # fmt: skip


def status_of(error: LeakGuardError) -> int:
    """The status of an answer that refuses."""
    found = next((status for kind, status in STATUSES if isinstance(error, kind)), None)
    return found or (400 if error.exit_code is ExitCode.USAGE else 503)


def problem_document(error: LeakGuardError, request_id: str) -> dict[str, Any]:
    """The document of a refusal."""
    lines = error.message.splitlines() or [""]
    document: dict[str, Any] = {
        "type": _type(type(error).__name__), "title": lines[0], "status": status_of(error), "detail": error.message,
        "instance": f"urn:leakguard:request:{request_id}",
    }  # fmt: skip
    if error.next_step:
        document["next_step"] = error.next_step
    if isinstance(error, BadFile | RequestRefused):
        document["problems"] = [asdict(problem) for problem in error.problems[:100]]
    if isinstance(error, CutOff):
        document["recorded"] = [
            {"sequence": number, "kind": kind, "subject": subject} for number, kind, subject in error.entries
        ]
    return document


def problem_response(error: LeakGuardError, request_id: str) -> Response:
    """The answer of a refusal."""
    document = problem_document(error, request_id)
    headers = {}
    if document["status"] == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = 'Bearer realm="LeakGuard"'
    if isinstance(error, TooMany | TooManyAttempts | StillAtWork):
        headers["retry-after"] = str(error.wait_seconds)
    return JSONResponse(document, document["status"], headers, media_type=MEDIA)


def plain_problem(status: int, request_id: str, headers: dict[str, str] | None = None) -> Response:
    """The answer to what no operation was asked for, and to a bug."""
    title = WORDS.get(status, "the request cannot be answered")
    document = {
        "type": "about:blank", "title": title, "status": status, "instance": f"urn:leakguard:request:{request_id}",
        "next_step": _NEXT.get(status, "Read how to ask: /api/v1/docs"),
    }  # fmt: skip
    return JSONResponse(document, status, headers, media_type=MEDIA)


def _type(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"urn:leakguard:problem:{words}"

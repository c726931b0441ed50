"""Forms and small documents that a login brings, read strictly."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from leakguard.errors import Problem
from leakguard.web.call import RequestRefused
from leakguard.web.limits import MOST_FORM, TooLarge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.requests import Request

_LOCAL = re.compile(r"/(?![/\\])[!-~]{0,1000}", re.ASCII)
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


def local_path(text: str) -> str:
    """A path of this server; the first page for whatever would lead elsewhere."""
    return text if _LOCAL.fullmatch(text) is not None else "/"


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page, and not a program or a script for a document."""
    return "text/html" in request.headers.get("accept", "")


async def read_form(request: Request, known: Collection[str]) -> Mapping[str, str]:
    """The fields of a form or of a flat document; what is not there is empty. Raises `RequestRefused`, `TooLarge`."""
    value = await read_document(request)
    problems = [Problem(where=f"body.{name[:60]}", text="is unknown") for name in value if name not in known]
    problems += [
        Problem(where=f"body.{name[:60]}", text="is no text")
        for name, item in value.items()
        if not isinstance(item, str) or "\0" in item
    ]
    if problems:
        raise RequestRefused("the form does not fit", tuple(problems))
    return {name: value.get(name, "") for name in known}


async def read_document(request: Request) -> dict[str, Any]:
    """The body as an object: JSON, or a form of which no field comes twice."""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_FORM:
            raise TooLarge(f"a form may have {MOST_FORM:,} bytes", next_step="Send less.")
        parts.append(chunk)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == _JSON:
            value = json.loads(b"".join(parts) or b"{}")
        elif kind == _FORM or not parts:
            pairs = parse_qsl(
                b"".join(parts).decode(), keep_blank_values=True, strict_parsing=bool(size), max_num_fields=20
            )
            value = dict(pairs) if len(dict(pairs)) == len(pairs) else None
        else:
            value = None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RequestRefused(
            f"the body is no {_FORM}, and no object of JSON", (), next_step="Send name and password as one of the two."
        )
    return value

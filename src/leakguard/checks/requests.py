"""Requests: the questions of a check file, and the rules that keep them harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from pydantic import Field, StringConstraints, field_validator, model_validator

from leakguard.checks.conditions import Condition
from leakguard.checks.expressions import Expression
from leakguard.checks.harmless import refused_path, refused_reading
from leakguard.checks.verbs import HTTP_QUESTIONS
from leakguard.files.shapes import Shape

IDENTIFY_BYTES = 64 * 1024
"""The cap of an answer that only identifies a server."""
LISTING_BYTES = 8 * 1024 * 1024
"""The cap of an answer that lists what a server holds; no request may ask for more."""
MAX_ITEMS = 50
"""The most questions that one request of a check file may turn into."""

RequestId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$", max_length=40)]
_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")
_KNOWN_PLACEHOLDERS = frozenset({"nonsense", "bucket", "item"})
_PRINTABLE = re.compile(r"[ -~]*")
_PATH = re.compile(r"/[!-~]*")
_HEADERS = frozenset({"accept", "range"})
"""Headers that a check may set; anything else could carry a credential or change the meaning of a request."""


def refuse_path(text: str) -> None:
    """Raise `ValueError` unless a check file may state this path."""
    if not _PATH.fullmatch(text):
        raise ValueError("a path starts with `/` and has no spaces or control characters")
    if refused := refused_path(text):
        raise ValueError(refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question, ready to be asked; fits `ports.Request`."""

    id: str
    method: str
    what: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cap_bytes: int = IDENTIFY_BYTES


class Each(Shape):
    """Ask once for each name in an earlier answer; `{item}` stands for the name, safely quoted."""

    request: str
    path: Expression
    """Gives a list of texts."""
    at_most: int = Field(default=20, ge=1, le=MAX_ITEMS, strict=True)


class RequestDefinition(Shape):
    """One question as a check file states it: `get` or `head` with a path, `ask` with a name, or `method`."""

    id: RequestId
    get: str | None = None
    head: str | None = None
    ask: str | None = None
    """One of `verbs.HTTP_QUESTIONS`: all that is sent is constant."""
    method: str | None = None
    what: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    cap_bytes: int = Field(default=IDENTIFY_BYTES, ge=1, le=LISTING_BYTES, strict=True)
    only_if: Condition = Condition()
    """Asked only if this holds for the answers so far."""
    each: Each | None = None

    @field_validator("get", "head")
    @classmethod
    def _is_a_path(cls, text: str) -> str:
        refuse_path(text)
        if refused := refused_reading(text):
            raise ValueError(refused)
        return text

    @field_validator("what")
    @classmethod
    def _is_printable(cls, text: str) -> str:
        if not _PRINTABLE.fullmatch(text):
            raise ValueError("only printable ASCII characters may be sent")
        return text

    @field_validator("headers")
    @classmethod
    def _are_harmless(cls, headers: dict[str, str]) -> dict[str, str]:
        for header, value in headers.items():
            if header.lower() not in _HEADERS or not _PRINTABLE.fullmatch(value):
                raise ValueError(f"only these headers may be set: {', '.join(sorted(_HEADERS))}")
        return headers

    @model_validator(mode="after")
    def _asks_one_thing(self) -> RequestDefinition:
        if sum(part is not None for part in (self.get, self.head, self.ask, self.method)) != 1:
            raise ValueError("state exactly one of `get`, `head`, `ask` and `method`")
        if (self.each is not None or self.headers) and self.get is None and self.head is None:
            raise ValueError("`each` belongs to `get` or `head`, and so do `headers`")
        if self.method is None and self.what:
            raise ValueError("`what` belongs to `method`")
        unknown = self.placeholders - (_KNOWN_PLACEHOLDERS if self.each else _KNOWN_PLACEHOLDERS - {"item"})
        if unknown:
            raise ValueError(f"nothing fills in {', '.join(sorted(unknown))}")
        return self

    @property
    def verb(self) -> str:
        """`GET`, `HEAD`, the name of a question or the read command."""
        named = self.method or self.ask
        if named is not None:
            return named
        return "GET" if self.get is not None else "HEAD"

    @property
    def placeholders(self) -> frozenset[str]:
        """The words in braces that must be filled in before asking."""
        return frozenset(_PLACEHOLDER.findall(self._template))

    @property
    def _template(self) -> str:
        asked = HTTP_QUESTIONS.get(self.ask or "", "").partition(" ")[2]
        return self.get or self.head or asked or self.what

    def fill(self, values: Mapping[str, str], *, request_id: str | None = None) -> Request:
        """The request with `{nonsense}`, `{bucket}` and `{item}` replaced in one pass; in a path they are quoted."""
        quoted = values if self.method else {word: quote(value, safe="") for word, value in values.items()}
        what = _PLACEHOLDER.sub(lambda found: quoted[found[1]], self._template)
        return Request(
            id=request_id or self.id, method=self.verb, what=what, headers=self.headers, cap_bytes=self.cap_bytes
        )

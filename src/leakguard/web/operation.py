"""One operation of the API: where it is, who may call it, what it takes and gives, and which function does it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from pydantic import BaseModel

    from leakguard.accounts.rights import Right
    from leakguard.web.call import Answer, Call

Handler = Callable[["Call"], "Answer"]
PREFIX = "/api/v1"


class Method(StrEnum):
    """How it is asked."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"


class BodyKind(StrEnum):
    """What stands in the body of a request."""

    NOTHING = "nothing"
    JSON = "json"
    """A document that the operation's request model reads."""
    TEXT = "text"
    """YAML, or JSON, which is read by the rules of the file."""
    FILE = "file"
    """Bytes, kept in a file while the request lasts."""


class Operation(Frozen):
    """A line of the register."""

    name: str
    """Unique, such as `open_incident`: the `operationId`."""
    method: Method
    path: str
    """Behind the prefix, with places in braces."""
    right: Right | None
    """`None` for what anybody may ask who reaches the server."""
    summary: str
    handler: Handler
    answer: Any = None
    """The shape of the document in the answer, in `shapes`; `None` for a file or a stream."""
    query: type[BaseModel] | None = None
    request: type[BaseModel] | None = None
    takes: BodyKind = BodyKind.NOTHING
    media: tuple[str, ...] = ("application/json",)
    """What an answer may be."""
    status: int = 200
    is_secret: bool = False
    """Whether what is sent or answered holds a secret, which nothing keeps: no log, and no idempotency key."""
    is_stream: bool = False
    """Server-sent events: the answer goes on."""
    needs_store: bool = True
    """Whether it is refused while there is no store."""
    also: str = ""
    """What else to know, a sentence or two."""
    command: str = ""
    """The command that does the same, such as `incident open`; it needs the same right. Empty where none does."""

    @property
    def is_writing(self) -> bool:
        """Whether it changes something; such a request may have an `Idempotency-Key`."""
        return self.method is not Method.GET

    @property
    def noun(self) -> str:
        """What it is about: the group that it stands in, after the module of its handler."""
        return self.handler.__module__.rpartition(".")[2]

    @property
    def places(self) -> tuple[str, ...]:
        """The names in the braces of the path."""
        return tuple(part.strip("{}") for part in self.path.split("/") if part.startswith("{"))

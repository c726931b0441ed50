"""What a handler is given and what it gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from leakguard.errors import Problem, UsageProblem
from leakguard.frozen import Frozen, field

if TYPE_CHECKING:
    from leakguard.use_cases.accounts.callers import Caller
    from leakguard.web.jobs import Jobs
    from leakguard.web.request_wiring import RequestWiring

JSON = "application/json"


class RequestRefused(UsageProblem):
    """What was sent does not fit the operation; it carries every problem at once."""

    def __init__(self, message: str, problems: tuple[Problem, ...], *, next_step: str = "") -> None:
        """`problems` are named by where they stand: `query.limit`, `body.title`."""
        lines = "\n".join(f"  {problem}" for problem in problems)
        hint = next_step or "Read what the operation takes: /api/v1/docs"
        super().__init__(f"{message}\n{lines}" if lines else message, next_step=hint)
        self.problems = problems


class TooLong(RequestRefused):
    """A document or a file is longer than this server takes."""


class Upload(Frozen):
    """The bytes that a request brought, in a file of no name that ends with the request."""

    file: BinaryIO
    size: int
    path: str
    """Under which this process reads the file again."""
    sha256: str
    name: str = ""
    """What the file is called where it comes from; nothing is opened or written by this name."""


class Call(Frozen):
    """One request, read."""

    caller: Caller | None
    """Who asks; `None` for what anybody may ask."""
    wiring: RequestWiring
    jobs: Jobs
    path: Mapping[str, str] = field(default_factory=dict)
    """What stands in the places of the operation's path, such as `incident`."""
    query: Any = None
    """The operation's query model; `None` where it takes no query."""
    body: Any = None
    """The operation's request model, or the text of an operation that takes a text; `None` without a body."""
    upload: Upload | None = None
    digest: str = ""
    """Hex SHA-256 of all that was asked for: what tells whether two requests are the same."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names are lower-case; what tells who calls is left out."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What a child process needs to act as this caller, such as `LEAKGUARD_TOKEN`; never logged."""

    @property
    def incident(self) -> str:
        """The incident that the path names."""
        return self.path["incident"]


class Answer(Frozen):
    """What a handler gives back: plain values, or a file."""

    document: Any = None
    """Plain values, written as JSON."""
    chunks: Iterable[bytes] | AsyncIterator[bytes] | None = None
    """The bytes of a file, or of a stream; read after the handler has returned, its wiring still open."""
    media: str = JSON
    file_name: str = ""
    """What a file is called; with it, it is an attachment."""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None
    """Where it is another than the operation's."""


def fitted(name: str) -> str:
    """A name for an attachment: what no header can carry becomes a hyphen."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "-" for sign in name)[:120]

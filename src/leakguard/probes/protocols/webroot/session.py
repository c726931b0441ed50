"""Web roots: folders that are listed, the database dumps that lie in them, and files that nobody should see.

`listing` looks at a folder, `nonsense` asks for a path that cannot exist (a host that answers 200 to that proves
nothing), `dumps` asks each candidate for its length (`HEAD`) and its first sixteen bytes (`Range`).
`known_dumps`, `repositories` and `secrets` ask for files at known places, of the root or of the folder that is named.
Names of files and folders are used for the next question and then forgotten: `<folder 1>`, `<file 2>` stand for them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import whole_number
from leakguard.probes.protocols.http.client import HEAD_ROOM, HttpResponse
from leakguard.probes.protocols.http.web_session import WebSession
from leakguard.probes.protocols.webroot.file_reader import is_page
from leakguard.probes.protocols.webroot.known_files import (
    DUMPS,
    Fetch,
    is_called_page,
    may_be_file,
    repositories,
    secrets,
)
from leakguard.probes.protocols.webroot.listing import Entry, entries, is_listing
from leakguard.probes.protocols.webroot.magic import FIRST_BYTES, TAR_AT, is_tar, kind_of
from leakguard.probes.session import aside, reply_to

_MOST_FILES = 20
_MOST_FOLDERS = 10
_PAGE_CAP = 256 * 1024
_OK = 200
_PARTIAL = 206
BUSY = frozenset({429, 502, 503, 504, 511, *range(520, 528), 530})
"""What a server, or a proxy before it, says that cannot answer now; 511 a captive network, 520 to 530 Cloudflare."""
_LEADING_ELSEWHERE = frozenset({301, 302, 303, 307, 308, 404, 410})
"""What a server says of a path that it knows nothing of, if it says so."""
_HUNG_UP = frozenset({Ending.CLOSED, Ending.RESET})


_Ask = Callable[[str, int], Awaitable[tuple[HttpResponse, dict[str, Any] | None]]]


class _Candidate(Frozen):
    """A file that may be a dump: where to ask, and the name under which that is told."""

    path: str
    shown: str


class WebrootSession(WebSession):
    """Documents as in the methods below, each with `requests`: what was asked, without a name."""

    kind = "webroot"

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        super().__init__(caller, endpoint, user_agent)
        self._requests: list[dict[str, Any]] = []
        self._fetched: list[HttpResponse] = []
        self._first_dumps: dict[str, HttpResponse] = {}

    async def answer(self, request: Request, cap: int) -> Reply:
        """One question; `what` is the path of `nonsense`, and of the others the folder, or nothing for the root."""
        questions: dict[str, _Ask] = {
            "listing": self._listing,
            "nonsense": self._nonsense,
            "dumps": self._dumps,
            "known_dumps": self._known_dumps,
            "repositories": partial(self._known_files, repositories),
            "secrets": partial(self._known_files, secrets),
        }
        self._requests, self._fetched = [], []
        fetched, document = await questions[request.method](request.what or "/", cap)
        return reply_to(
            request,
            ended=fetched.ended,
            status=fetched.status,
            headers=fetched.headers,
            document=None if document is None else document | {"requests": self._requests},
            size_bytes=sum(inner["bytes"] for inner in self._requests),
            seconds=fetched.seconds,
        )

    async def _listing(self, path: str, cap: int) -> tuple[HttpResponse, dict[str, Any] | None]:
        fetched = await self._fetch("GET", path, path, cap=max(cap, _PAGE_CAP))
        if fetched.status is None:
            return fetched, None
        return fetched, await aside(lambda: _described(fetched, path), fetched.size)

    async def _nonsense(self, path: str, cap: int) -> tuple[HttpResponse, dict[str, Any] | None]:
        """`is_page`: that answer is a page of HTML, which no file that is asked for can be taken for.

        A server that leads elsewhere, or nowhere, from the first file that is asked for anyway does so from a path that
        cannot exist as well, which then costs no question.
        """
        usual = f"{path.rpartition('/')[0]}{DUMPS[0]}"
        first = await self._head(usual, usual)
        if first.status in _LEADING_ELSEWHERE:
            return first, {"status": first.status, "is_listing": False, "is_page": False}
        fetched = await self._fetch("GET", path, "/<nonsense>", cap=cap)
        return fetched, None if fetched.status is None else {
            "status": fetched.status,
            "is_listing": await aside(lambda: _is_listing(fetched), fetched.size),
            "is_page": is_called_page(fetched) or is_page(fetched.body),
        }

    async def _dumps(self, path: str, _cap: int) -> tuple[HttpResponse, dict[str, Any] | None]:
        path = f"{path.rstrip('/')}/"
        root = await self._fetch("GET", path, path, cap=_PAGE_CAP)
        if root.status is None:
            return root, None
        candidates, is_whole = await self._candidates(path, root)
        dumps = [dump for candidate in candidates[:_MOST_FILES] if (dump := await self._dump(candidate)) is not None]
        return root, {
            "dumps": dumps,
            "bytes": sum(dump["bytes"] or 0 for dump in dumps),
            "complete": is_whole
            and len(candidates) <= _MOST_FILES
            and all(request["status"] for request in self._requests),
        }

    async def _known_dumps(self, path: str, _cap: int) -> tuple[HttpResponse, dict[str, Any] | None]:
        """Dumps under names that are often given to them; the names are ours, so they may be told."""
        places = [f"{path.rstrip('/')}{name}" for name in DUMPS]
        candidates = [_Candidate(path=place, shown=place) for place in places]
        dumps = [dump for candidate in candidates if (dump := await self._dump(candidate)) is not None]
        return self._answer_of({"dumps": dumps, "bytes": sum(dump["bytes"] or 0 for dump in dumps)})

    async def _known_files(
        self, look: Callable[[Fetch], Awaitable[dict[str, Any]]], folder: str, _cap: int
    ) -> tuple[HttpResponse, dict[str, Any] | None]:
        below = folder.rstrip("/")

        async def inside(method: str, path: str, shown: str, *, cap: int, **more: Any) -> HttpResponse:  # noqa: ANN401 (as `_fetch`)
            return await self._fetch(method, f"{below}{path}", f"{below}{shown}", cap=cap, **more)

        return self._answer_of(await look(inside))

    def _answer_of(self, document: dict[str, Any]) -> tuple[HttpResponse, dict[str, Any] | None]:
        """The document, unless nothing was found and a question got no answer: then what is there is not known.

        To hang up is an answer, see `checks.unheard`; to be too busy is none.
        """
        unanswered = next((each for each in self._fetched if _is_unanswered(each)), None)
        if unanswered is None or any(document.values()):
            return next((each for each in self._fetched if each.status is not None), self._fetched[0]), document
        return unanswered, None

    async def _candidates(self, path: str, root: HttpResponse) -> tuple[list[_Candidate], bool]:
        """In the folder itself, and in the first ten folders below it; and whether these are all of both."""
        listed = await aside(lambda: _listed(root, path), root.size)
        found = _files(listed, path, path)
        folders = [entry for entry in listed if entry.is_folder]
        is_whole = root.ended is Ending.COMPLETE and len(folders) <= _MOST_FOLDERS
        for number, folder in enumerate(folders[:_MOST_FOLDERS], start=1):
            below, shown = f"{path}{folder.link}", f"{path}<folder {number}>/"
            page = await self._fetch("GET", below, shown, cap=_PAGE_CAP)
            found += _files(await aside(partial(_listed, page, below), page.size), below, shown)
            is_whole = is_whole and page.ended is Ending.COMPLETE
        return found, is_whole

    async def _dump(self, candidate: _Candidate) -> dict[str, Any] | None:
        """Kind and size of one file, or nothing if its first bytes are those of no dump."""
        head = await self._head(candidate.path, candidate.shown)
        if not may_be_file(head):
            return None
        first, total = await self._range(candidate, 0)
        kind = kind_of(first, candidate.path)
        if kind is None and candidate.path.lower().endswith(".tar"):
            kind = "tar" if is_tar((await self._range(candidate, TAR_AT))[0]) else None
        if kind is None:
            return None
        stated = whole_number(head.headers.get("content-length", "")) if head.status == _OK else None
        return {"kind": kind, "bytes": total if stated is None else stated}

    async def _head(self, path: str, shown: str) -> HttpResponse:
        """The head of a file; that of the first dump of a folder is asked for once."""
        if path in self._first_dumps:
            self._fetched.append(self._first_dumps[path])
            return self._first_dumps[path]
        head = await self._fetch("HEAD", path, shown, cap=HEAD_ROOM)
        if path.endswith(DUMPS[0]) and head.status is not None:
            self._first_dumps[path] = head
        return head

    async def _range(self, candidate: _Candidate, start: int) -> tuple[bytes, int | None]:
        """Sixteen bytes from `start`; a server that ignores the range is cut off behind the same bytes."""
        end = start + FIRST_BYTES
        span = {"range": f"bytes={start}-{end - 1}"}
        got = await self._fetch("GET", candidate.path, candidate.shown, cap=HEAD_ROOM, headers=span, body_cap=end)
        total = whole_number(got.headers.get("content-range", "").rpartition("/")[2])
        if got.status == _OK:
            return got.body[start:end], total
        return (got.body[:FIRST_BYTES] if got.status == _PARTIAL else b""), total

    async def _fetch(self, method: str, path: str, shown: str, *, cap: int, **more: Any) -> HttpResponse:  # noqa: ANN401 (HttpClient's own)
        fetched = await self._client.fetch(method, path, cap=cap, **more)
        asked = {"method": method, "what": shown, "status": fetched.status, "bytes": fetched.size}
        self._requests.append(asked)
        self._fetched.append(fetched)
        return fetched


def _is_unanswered(fetched: HttpResponse) -> bool:
    return fetched.status in BUSY or (fetched.status is None and fetched.ended not in _HUNG_UP)


def _files(listed: Sequence[Entry], path: str, shown: str) -> list[_Candidate]:
    return [
        _Candidate(path=f"{path}{entry.link}", shown=f"{shown}<file {number}>")
        for number, entry in enumerate((entry for entry in listed if entry.may_be_dump), start=1)
    ]


def _is_listing(fetched: HttpResponse) -> bool:
    return fetched.status == _OK and is_listing(fetched.body)


def _listed(fetched: HttpResponse, path: str) -> tuple[Entry, ...]:
    return entries(fetched.body, path) if _is_listing(fetched) and path.endswith("/") else ()


def _described(fetched: HttpResponse, path: str) -> dict[str, Any]:
    listed = _listed(fetched, path)
    sizes = [entry.size for entry in listed if entry.size is not None]
    return {
        "is_listing": bool(listed) or _is_listing(fetched),
        "entries": len(listed),
        "folders": sum(entry.is_folder for entry in listed),
        "dump_candidates": sum(entry.may_be_dump for entry in listed),
        "bytes_shown": sum(sizes) if sizes else None,
    }

"""Front pages: whether one tells what lies behind it, and which path it leads to."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from leakguard.checks.harmless import refused_path, refused_reading
from leakguard.checks.logins import REDIRECTS, destination
from leakguard.models.observations import Ending, Reply

GUARDED = frozenset({401, 403})
_PLAIN = frozenset({"", "identity"})
OK = 200
ALRIGHT = frozenset({OK, 203})
"""The status of an answer that holds what was asked for; 203 is a 200 that a proxy changed (RFC 9110, 15.3.4)."""
_NO_CONTENT = 204
LONGEST_REMARK = 64
"""Bytes of a front page that is no page: `ok`, `healthy`, the name of a service."""
_LOGIN = re.compile(r"log[_-]?in|sign[_-]?in|auth\d?|oauth2?|sso|saml2?|oidc|accounts?|users?|sessions?", re.IGNORECASE)
"""A folder of a path that leads to a login."""
_FOLDERS = re.compile(r"(?:/[A-Za-z0-9_~][A-Za-z0-9._~-]{0,63}){1,4}")
"""What a front page may lead to: few short folders, none of which could turn a question into another."""
LONGEST_PATH = 1_024
"""Characters of the path of a user's URL, percent-encoded; servers refuse request lines of some 8,000."""
_USER_FOLDERS = re.compile(r"(?:/[!-.0-~]+)*")
_IN_A_FOLDER = "!$&'()*+,;=:@~%"
"""What RFC 3986 (3.3) lets stand in a folder beside letters, digits and `._-`, and the sign that encodes the rest."""
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_STEPS = frozenset({".", ".."})


def tells_nothing(reply: Reply) -> bool:
    """Whether a front page says nothing of what lies behind it: a refusal, a way to a login, or a word without markup.

    So does a page in a coding that nobody asked for. A product may answer behind each of these, on paths that the front
    page does not know.
    """
    if reply.status in GUARDED or is_wordless(reply):
        return True
    if is_redirect(reply):
        return leads_to_login(reply)
    if reply.status == _NO_CONTENT:
        return True
    body = reply.body
    is_remark = len(body) <= LONGEST_REMARK and not any(sign in body for sign in (b"<", b"{", b"["))
    return reply.status in ALRIGHT and is_remark


def is_wordless(reply: Reply) -> bool:
    """Whether an answer is in a coding that cannot be undone, so that its status and its headers alone are known."""
    is_coded = reply.headers.get("content-encoding", "identity").lower() not in _PLAIN
    is_whole = reply.ended is Ending.COMPLETE and reply.method != "HEAD" and reply.headers.get("content-length") != "0"
    return is_coded and is_whole and not reply.body and reply.document is None


def is_redirect(reply: Reply) -> bool:
    """Whether the answer sends the caller elsewhere."""
    return reply.status in REDIRECTS


def leads_to_login(reply: Reply) -> bool:
    """Whether a redirect may lead to a login: enough to ask for more, and no proof; see `logins.sends_to_login`."""
    where = destination(reply)
    return where is not None and any(_LOGIN.fullmatch(folder.partition(".")[0]) for folder in where.path.split("/"))


def led_below(reply: Reply, *, origins: frozenset[str]) -> str:
    """The path below which a redirect of the front page says that everything lies, as `/mlflow`; or nothing.

    Only of the same server, whose names with its port are `origins`; what is no plain path is not followed.
    """
    if reply.status not in REDIRECTS:
        return ""
    where = destination(reply)
    if where is None or (where.netloc and where.netloc.lower() not in origins):
        return ""
    return plain_folders(_without_page(where.path))


def _without_page(path: str) -> str:
    """The folders before a login, or before a file."""
    kept = []
    for folder in path.strip("/").split("/"):
        if _LOGIN.fullmatch(folder.partition(".")[0]):
            break
        kept.append(folder)
    if kept and "." in kept[-1] and not path.endswith("/"):
        kept.pop()
    return "".join(f"/{folder}" for folder in kept)


def plain_folders(path: str) -> str:
    """The path without its last slash, where products may be looked for below it; else nothing."""
    bare = path.rstrip("/")
    is_plain = _FOLDERS.fullmatch(bare) is not None and not refused_path(f"{bare}/") and not refused_reading(f"{bare}/")
    return bare if is_plain else ""


def encoded_path(path: str) -> str | None:
    """The path of a user's URL, percent-encoded as browsers do, without its last slash; empty for the root.

    `None` where nothing may be asked below it: it is too long, holds a control character, an empty folder, `.` or `..`,
    is encoded twice, or names something that changes a server or hands out records.
    """
    try:
        asked = quote(_LONE_PERCENT.sub("%25", path.rstrip("/")), safe=f"/{_IN_A_FOLDER}", errors="surrogateescape")
    except UnicodeEncodeError:
        return None
    meant = unquote(asked)
    is_one_path = len(asked) <= LONGEST_PATH and _USER_FOLDERS.fullmatch(asked) is not None
    is_plain = unquote(meant) == meant and not _CONTROLS.search(meant) and _STEPS.isdisjoint(re.split(r"[/\\;]", meant))
    refusals = (refusal(f"{each}/") for each in (asked, meant) for refusal in (refused_path, refused_reading))
    return asked if is_one_path and is_plain and not any(refusals) else None

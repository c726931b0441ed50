"""Records what a server of the lab answers to a check, as a case for `tests/checks/replays`; nothing in it is invented.

`PYTHONPATH=tests python -m lab.replaying CHECK PORT` prints the case: all that the check asks, and a path that cannot
exist, over plain HTTP with the lab's own client. Ports, folders, times and cookies are this run's, and are masked.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import yaml

from leakguard.bundled import Bundled
from leakguard.checks.interview import interview
from leakguard.checks.judge import judge
from leakguard.checks.library import parse_check
from leakguard.checks.requests import Request
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.probes.protocols.http.gate import QUESTIONS
from support.interviews import answered
from support.replays import NONSENSE, Canned

KEPT = (
    "content-type",
    "server",
    "location",
    "www-authenticate",
    "dav",
    "allow",
    "ms-author-via",
    "x-elastic-product",
    "set-cookie",
)
"""Headers that a check may look at; the others are of this run alone."""
SECONDS = 4.0
LONGEST = 6000
"""Letters of a page that are kept; of a longer one the first part. JSON is kept whole, as a part of it is none."""
_FIRST_PART = 600
"""The same of a page for a path that cannot exist."""


def recorded(check: str, port: int) -> dict[str, Any]:
    """The case, as plain values."""
    definition = parse_check(Bundled().text("checks", f"{check}.yaml"), name=check)
    said: dict[str, dict[str, Any]] = {}

    def answer(request: Request) -> Reply:
        named = request.method if request.method in QUESTIONS else f"{request.method} {request.what}"
        said[named] = _told(port, request)
        return Canned.model_validate(said[named]).reply_to(request)

    replies = answered(interview(definition, nonsense=NONSENSE), answer)
    verdict = judge(definition, Observation(kind="http", replies=replies, ended=Ending.COMPLETE))
    absent = _told(port, Request(id="absent", method="GET", what=f"/{NONSENSE}"))
    absent.update({"body": absent["body"][:_FIRST_PART]} if "body" in absent else {})
    size = verdict.size
    expect: dict[str, Any] = {"outcome": verdict.outcome.value, "severity": verdict.severity.value}
    if verdict.access != "none":
        expect["access"] = verdict.access.value
    if verdict.product:
        expect["product"] = verdict.product
    if verdict.version:
        expect["version"] = verdict.version
    if size:
        numbers = {"records": size.records, "bytes": size.bytes, "collections": size.collections}
        expect["size"] = {name: count for name, count in numbers.items() if count is not None}
        if not size.exact:
            expect["size"]["exact"] = False
    return {"name": f"{check} as recorded", "answers": said, "otherwise": absent, "expect": expect}


def _told(port: int, request: Request) -> dict[str, Any]:
    """One answer; a hang-up is one, and so is a head behind which nothing comes."""
    question = QUESTIONS.get(request.method)
    headers = {"Accept": "application/json", **request.headers, **(question.headers if question else {})}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        method, path = (question.method, question.path) if question else (request.method, request.what)
        connection.request(method, path, body=question.body if question else None, headers=headers)
        heard = connection.getresponse()
        body = b""
        with contextlib.suppress(TimeoutError):
            body = heard.read()
        return kept(heard.status, dict(heard.getheaders()), body)
    except http.client.RemoteDisconnected:
        return {"ended": "closed"}
    finally:
        connection.close()


def kept(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Status, the telling headers and the body of one answer, without what is of this run alone."""
    telling = {name.lower(): _masked(value) for name, value in headers.items() if name.lower() in KEPT}
    case: dict[str, Any] = {"status": status, **({"headers": telling} if telling else {})}
    text = _masked(_shortened(body.decode(errors="replace")))
    try:
        case["json"] = json.loads(text)
    except ValueError:
        if text:
            case["body"] = text
    return case


def _shortened(text: str) -> str:
    """Of metrics the lines of the store itself that a check may look at; of anything else the first part."""
    if "# HELP " in text or "\nvl_" in text:
        text = "".join(line for line in text.splitlines(keepends=True) if _METRIC.match(line))
    return text if text.startswith(("{", "[")) else text[:LONGEST]


def _masked(text: str) -> str:
    for pattern, put in _OF_THIS_RUN.items():
        text = re.sub(pattern, put, text)
    return text


_METRIC = re.compile(
    r"(# HELP |# TYPE )?(redis_(up|db_keys|memory_used_bytes)|pg_(up|database_size_bytes)"
    r"|elasticsearch_(cluster_health_up|indices_docs|indices_store_size_bytes)"
    r"|alertmanager_alerts|push_time_seconds|vl_data_size_bytes)\b(?!_)"
)
_OF_THIS_RUN: Mapping[str, str] = {
    r"^([A-Za-z0-9_-]+)=[^;]+;.*(?:expires|path)=.*": r"\1=x; path=/",
    r"/tmp/leakguard-lab-[a-z0-9_]+": "/srv",  # noqa: S108  (what it is called in the lab)
    r"127\.0\.0\.1:\d+": "127.0.0.1:8080",
    r"token[:=]\"[^\"]+\"": 'token:"x"',
    r"(token|hidden)(=|%3D)[0-9a-zA-Z%]{16,}": r"\1=x",
    r"\?v=[0-9a-f]{20,}": "?v=7cfe",
    r"canary-7f3a91c4d2e8[^\"'< ,]*": "someone",
    r"https://pypi\.org/[^\s\"]*": "https://index.example/",
    r"\bTODO\b": "To do",
    r"Linux [0-9][^\s\"]*": "Linux 6.1",
}


if __name__ == "__main__":
    case = recorded(sys.argv[1], int(sys.argv[2]))
    sys.stdout.write(yaml.safe_dump([case], sort_keys=False, allow_unicode=True, width=2**20))

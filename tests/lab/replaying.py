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

from lab.clients.web import Web
from lab.recipes.app_platforms import APPLICATION
from leakguard.bundled import BundledFiles
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.library import parse_check
from leakguard.checks.protocols import OTHER_PAGES, PAGE_TABLES
from leakguard.checks.requests import Request
from leakguard.frozen import as_dict
from leakguard.models.findings import Verdict
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.probes.protocols.http.gate import GAP, QUESTIONS
from leakguard.probes.protocols.page.links import scripts_of_page
from leakguard.shipped.reader import formless
from support.replays import NONSENSE, Canned, about_one, at_a_named_place

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
    "x-powered-by",
    "content-length",
    "access-control-expose-headers",
    "x-influxdb-version",
    "x-opensearch-version",
    "x-syncthing-id",
    "x-syncthing-version",
    "strapi",
    "etag",
    "kbn-name",
    "kbn-version",
)
"""Headers that a check may look at; the others are of this run alone."""
PUBLIC = {"{parse_application}": APPLICATION}
"""What the lab's pages tell, and a scan reads there."""
SECONDS = 4.0
LONGEST = 6000
"""Letters of a page that are kept; of a longer one the first part. JSON is kept whole, as a part of it is none."""
_FIRST_PART = 600
"""The same of a page for a path that cannot exist."""


def recorded(check: str, port: int, about: str | None = None) -> dict[str, Any]:
    """The case, as plain values; `about` is the name that it shows the verdict on."""
    definition = parse_check(BundledFiles().text("checks", f"{check}.yaml"), name=check)
    said: dict[str, dict[str, Any]] = {}

    def answer(request: Request) -> Reply:
        named = f"{request.method} {request.item if request.method in QUESTIONS else request.what}".strip()
        said[named] = _told(port, request)
        return Canned.model_validate(said[named]).reply_to(request)

    talk = Talk(at_a_named_place(definition), nonsense=NONSENSE)
    while (request := talk.next_question()) is not None:
        talk.hear(answer(request))
    replies = about_one(definition, talk, about)
    verdict = judge(definition, Observation(kind="http", replies=replies, ended=Ending.COMPLETE))
    absent = _told(port, Request(id="absent", method="GET", what=f"/{NONSENSE}"))
    absent.update({"body": absent["body"][:_FIRST_PART]} if "body" in absent else {})
    expect = _expected(verdict)
    named = {"about": about} if about else {}
    return {"name": f"{check} as recorded", **named, "answers": said, "otherwise": absent, "expect": expect}


def _expected(verdict: Verdict) -> dict[str, Any]:
    """What the verdict says, as a case states it."""
    size = verdict.size
    expect: dict[str, Any] = {"outcome": verdict.outcome.value, "severity": verdict.severity.value}
    access = verdict.access.value if verdict.access != "none" else None
    code = verdict.reason_code.value if verdict.reason_code else None
    words = {"access": access, "reason_code": code, "product": verdict.product, "version": verdict.version}
    expect.update({name: word for name, word in words.items() if word})
    if size:
        numbers = {"records": size.records, "bytes": size.bytes, "collections": size.collections}
        expect["size"] = {name: count for name, count in numbers.items() if count is not None}
        if not size.exact:
            expect["size"]["exact"] = False
    return expect


def _told(port: int, request: Request) -> dict[str, Any]:
    """One answer; a hang-up is one, and so is a head behind which nothing comes."""
    if request.method == OTHER_PAGES:
        return {"document": {"is_page": False, "tables": []}}
    if request.method == PAGE_TABLES:
        return {"document": _tables_of_page(port)}
    question = QUESTIONS.get(request.method)
    own = {name: PUBLIC.get(value, value) for name, value in request.headers.items() if value != "{parse_key}"}
    headers = {"Accept": "application/json", **own, **(question.headers if question else {})}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        method, path = (question.method, question.path) if question else (request.method, request.what)
        body_sent = question.body.replace(GAP, request.item.encode()) if question else None
        connection.request(method, path, body=body_sent, headers=headers)
        heard = connection.getresponse()
        body = b""
        with contextlib.suppress(TimeoutError):
            body = heard.read()
        return kept(heard.status, dict(heard.getheaders()), body)
    except http.client.RemoteDisconnected:
        return {"ended": "closed"}
    finally:
        connection.close()


def _tables_of_page(port: int) -> dict[str, Any]:
    """The names in the scripts of the front page, as a scan of a named place reads them."""
    page, reader = Web(port=port).ask("GET", "/").body, formless()
    for path in ("/", *scripts_of_page(page)):
        reader.read(Web(port=port).ask("GET", path).body, path)
    return {"is_page": bool(page), "tables": [as_dict(table) for table in reader.shipped.tables]}


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
    r"|alertmanager_alerts|push_time_seconds|vl_data_size_bytes|[a-z]+_exporter_build_info)\b(?!_)"
)
_OF_THIS_RUN: Mapping[str, str] = {
    r"^([A-Za-z0-9_-]+)=[^;]+;.*(?:expires|path)=.*": r"\1=x; path=/",
    r"^(CSRF-Token-[A-Z0-9]+)=.*": r"\1=x",
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
    case = recorded(sys.argv[1], int(sys.argv[2]), next(iter(sys.argv[3:]), None))
    sys.stdout.write(yaml.safe_dump([case], sort_keys=False, allow_unicode=True, width=2**20))

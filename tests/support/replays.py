"""Replays: canned answers of servers, driven through a check the way a probe drives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from leakguard.checks.by_name import parts_by_name
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.extra_requests import without_front_page
from leakguard.checks.interview import Talk
from leakguard.checks.judge import judge
from leakguard.checks.protocols import HTTP_QUESTIONS
from leakguard.checks.requests import Request
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import read_yaml
from leakguard.models.findings import Access, DecoyVerdict, Outcome, ReasonCode, Severity, Verdict
from leakguard.models.observations import Ending, Observation, ParsedOnce, Reply
from leakguard.models.wire import by_group

Shows = Literal["open", "protected", "another_product", "broken", "decoy"]
CLASSES: tuple[Shows, ...] = ("open", "protected", "another_product", "broken", "decoy")
NONSENSE = "leakguard-no-such-name"
BUCKET = "lab-bucket"
FOLDER = Path(__file__).parent.parent / "checks" / "replays"


class Canned(Shape):
    """One answer; `json` and `body` are two ways to write the same thing."""

    status: int | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    json_: Any = Field(default=None, alias="json")
    body: str = ""
    document: Any = None
    ended: Ending = Ending.COMPLETE

    def reply_to(self, request: Request) -> Reply:
        """The reply as a session would give it."""
        body, read = _written(self)
        return Reply(
            request=request.id,
            method=request.method,
            what=request.what,
            ended=self.ended,
            status=self.status,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            document=self.document,
            size_bytes=len(body),
            read=read,
        )


_WRITTEN: dict[int, tuple[Canned, bytes, ParsedOnce]] = {}
"""The bytes of each answer, written and read once for all checks; the answer is kept, so that its id stays its own."""


def _written(canned: Canned) -> tuple[bytes, ParsedOnce]:
    if id(canned) not in _WRITTEN:
        body = json.dumps(canned.json_).encode() if canned.json_ is not None else canned.body.encode()
        _WRITTEN[id(canned)] = (canned, body, ParsedOnce())
    _, body, read = _WRITTEN[id(canned)]
    return body, read


class ExpectedSize(Shape):
    records: int | None = None
    bytes: int | None = None
    collections: int | None = None
    exact: bool = True


class Expected(Shape):
    """What the check must conclude; fields that are not stated are not compared."""

    outcome: Outcome
    access: Access = Access.NONE
    reason: str | None = None
    reason_code: ReasonCode | None = None
    product: str | None = None
    version: str | None = None
    cluster_id: str | None = None
    size: ExpectedSize | None = None
    severity: Severity = Severity.NONE
    decoy: DecoyVerdict = DecoyVerdict.NO
    ransomed: Literal["no", "suspected", "yes"] = "no"
    permissions: dict[str, dict[str, str]] = Field(default_factory=dict)


class Case(Shape):
    """One server and the verdict on it.

    `answers` are by `GET /path`, `GET /path?query`, `INFO server`, or the name that `ask` names and what it asks about.
    """

    name: str
    shows: Shows
    source: str
    """Where the answers come from: our own recording of a real server, or composed and after what."""
    bucket: str | None = BUCKET
    about: str | None = None
    """The name that the verdict is on, of a check that judges by name; empty for the server as a whole, and without one
    the first that is asked about."""
    answers: dict[str, Canned] = Field(default_factory=dict)
    otherwise: Canned = Canned(status=404)
    expect: Expected


class Replay(Shape):
    """The cases of one check."""

    check: str
    cases: tuple[Case, ...]


def read_replay(check_id: str) -> Replay:
    """The replay file that belongs to a check."""
    path = FOLDER / f"{check_id}.yaml"
    read = read_yaml(path.read_text(encoding="utf-8"), name=path.name, is_recorded=True)
    return fit(read, Replay, name=path.name)


def answer(case: Case, request: Request) -> Reply:
    """What the case's server says: the exact question first, then the question without its query."""
    is_whole = request.method in HTTP_QUESTIONS
    asked = f"{request.method} {request.item if is_whole else request.what}".strip()
    canned = case.answers.get(asked) or case.answers.get(asked.partition("?")[0]) or case.otherwise
    return canned.reply_to(request)


def observe(definition: CheckDefinition, case: Case) -> Observation:
    """Ask until the check has no more questions, as a scan does."""
    talk = Talk(at_a_named_place(as_asked(definition, case)), nonsense=NONSENSE, bucket=case.bucket)
    while (request := talk.next_question()) is not None:
        talk.hear(answer(case, request))
    return Observation(kind=definition.probe.kind, replies=about_one(definition, talk, case.about))


def as_asked(definition: CheckDefinition, case: Case) -> CheckDefinition:
    """The check as a scan asks it of that server, of which the front page alone may have no end."""
    front = case.answers.get("GET /")
    is_silent = front is not None and front.ended is Ending.SILENT
    return CheckDefinition(without_front_page(definition.stated)) if is_silent else definition


def at_a_named_place(definition: CheckDefinition) -> CheckDefinition:
    """The check as it is asked of a place that a person named."""
    return definition.with_extra_requests if definition.serves_pages else definition


def about_one(definition: CheckDefinition, talk: Talk, name: str | None) -> Mapping[str, Reply]:
    """All replies; where the check judges by name, those on one."""
    parts = {part.name or "": part.replies for part in parts_by_name(definition, talk.replies, talk.items)}
    return parts[next(iter(parts)) if name is None else name] if parts else talk.replies


def replay(definition: CheckDefinition, case: Case) -> Verdict:
    """The check's verdict on the case."""
    return judge(as_asked(definition, case), observe(definition, case))


def differences(expected: Expected, verdict: Verdict) -> Mapping[str, tuple[object, object]]:
    """Where the verdict is not the expected one: field to (expected, found)."""
    size = verdict.size
    found: dict[str, object] = {
        "outcome": verdict.outcome,
        "access": verdict.access,
        "severity": verdict.severity,
        "decoy": verdict.decoy.verdict,
        "ransomed": verdict.ransomed.verdict,
        "reason": verdict.reason,
        "reason_code": verdict.reason_code,
        "product": verdict.product,
        "version": verdict.version,
        "cluster_id": verdict.cluster_id,
        "permissions": by_group(verdict.permissions),
        "size": size
        and ExpectedSize(records=size.records, bytes=size.bytes, collections=size.collections, exact=size.exact),
    }
    always = {"outcome", "access", "severity", "decoy", "ransomed", "reason_code"}
    stated = always | expected.model_fields_set
    return {name: (getattr(expected, name), found[name]) for name in stated if getattr(expected, name) != found[name]}

"""A small check file, whole and in order, that tests bend out of shape."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.models.observations import Ending, Observation, Reply

WHOLE = """\
id: shop_open
version: 1
title: A shop answers
datastore: shop
lifecycle: stable
why: Anyone can read it.
probe:
  kind: http
  ports: [8123]
  requests:
    - {id: root, get: /}
    - {id: list, get: /list, only_if: {request: root, status: [200]}}
rules:
  - {when: {request: list, json: {type: array}}, then: exposed, reason: the list is open}
  - {when: {request: list, status: [401]}, then: not_exposed, reason: asked for a login}
identity:
  product: [{value: shop}]
  version: [{request: root, path: version}, {request: root, header: server, after: Shop/}]
measure:
  - records: {request: list, path: "sum([].n)"}
    bytes: {request: list, path: "sum([].b)"}
    collections: {request: list, path: length(@)}
    method: sums
remediation: Close it.
references: ["https://example.org/shop"]
"""


def check(text: str = WHOLE) -> CheckDefinition:
    """The small check."""
    return parse_check(text, name="shop_open.yaml")


def reply(request: str, body: bytes = b"", *, status: int | None = 200, ended: Ending = Ending.COMPLETE) -> Reply:
    """An HTTP answer."""
    return Reply(request=request, method="GET", what=f"/{request}", ended=ended, status=status, body=body)


def observation(*replies: Reply) -> Observation:
    """An observation of these answers."""
    return Observation(kind="http", replies={each.request: each for each in replies})

"""A request for each operation about reports from outside; each has a report of its own, in the state that it needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING

from httpx import Response

from support.web_client import TestClient

if TYPE_CHECKING:
    from support.web import Web

Ask = Callable[[TestClient], Response]
_NUMBERS = count(1)


def report_in(web: Web, *acts: tuple[str, dict[str, str]]) -> str:
    """The path of a new report that a person wrote, moved on by these acts."""
    boss, number = web.client(), next(_NUMBERS)
    form = {"text": f"http://127.0.0.1:{9000 + number}/ is open", "name": "Zo", "email": "finder@example.org"}
    made = boss.post("/reports", content=json.dumps(form))
    assert made.is_success, made.text
    path = f"/reports/{made.json()['id']}"
    for act, body in acts:
        moved = boss.post(f"{path}/{act}", json=body)
        assert moved.is_success, moved.text
    return path


VALID = ("triage", {"verdict": "valid"})
FIXED, CLOSED = ("fix", {"reason": ""}), ("close", {"reason": "done"})
VERIFIED = ("verify", {"reason": "seen from outside"})
BY_HAND = {"how": "by_hand"}


def report_asks(web: Web) -> Mapping[str, Ask]:
    """By the name of the operation."""
    new, answered = report_in, {"letter": "acknowledgement", **BY_HAND}
    return {
        "list_reports": lambda api: (new(web), api.get("/reports", params={"which": "open", "limit": 1}))[1],
        "show_report": lambda api: api.get(new(web)),
        "read_report_text": lambda api: api.get(f"{new(web)}/text"),
        "list_report_rules": lambda api: api.get(f"{new(web)}/rules"),
        "import_report": lambda api: api.post(
            "/reports?name=mail.eml", content=b"From: a@example.org\r\nSubject: open\r\n\r\n127.0.0.1:9200 is open\r\n"
        ),
        "triage_report": lambda api: api.post(f"{new(web)}/triage", json={"verdict": "valid", "reason": "seen"}),
        "fix_report": lambda api: api.post(f"{new(web, VALID)}/fix", json={}),
        "verify_report": lambda api: api.post(f"{new(web, VALID)}/verify", json={"reason": "seen from outside"}),
        "disclose_report": lambda api: api.post(f"{new(web, VALID, VERIFIED)}/disclose", json={}),
        "close_report": lambda api: api.post(f"{new(web)}/close", json={"reason": "done"}),
        "reopen_report": lambda api: api.post(f"{new(web, CLOSED)}/reopen", json={}),
        "draft_report_letter": lambda api: api.get(f"{new(web)}/letter", params={"letter": "acknowledgement"}),
        "answer_report": lambda api: api.post(f"{new(web)}/letter", json=answered),
        "hand_over_report": lambda api: api.post(f"{new(web)}/incident", json={"aware_at": "arrival"}),
        "erase_report": lambda api: api.post(f"{new(web)}/erase", json={"what": "sender", "reason": "asked for"}),
    }

"""Facts on the console: an incident, and people who write what is known of it."""

from __future__ import annotations

from typing import Any

from leakguard.accounts.rights import Role
from leakguard.web.sessions import TOKEN_HEADER
from support.door import ANNA, SAME, Served
from support.notices import settled
from support.visitor import Visitor

CLARA, VERA = "Clara Law", "Vera View"
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'words'"
FIRST = {
    "organisation.name": HOSTILE, "organisation.country": "DE Germany", "dpo.email": "dpo@example.org",
    "aware_day": "2026-05-23", "aware_time": "09:00", "breach_description.text": f"A list was open. {HOSTILE}",
    "data_categories.value": ["basic.name", "contact.email"], "exposure.state": "true",
    "subjects_by_jurisdiction.place": ["DE Germany", "", ""], "subjects_by_jurisdiction.exact": ["1,200", "", ""],
    "subjects_by_jurisdiction.low": ["", "", ""], "subjects_by_jurisdiction.high": ["", "", ""],
}  # fmt: skip


class Desk:
    """An incident and who works on its facts."""

    def __init__(self, served: Served) -> None:
        served.add(CLARA, Role.COUNSEL)
        served.add(VERA, Role.VIEWER)
        self.served = served
        self.incident = self.ask("POST", "/incidents", {"title": "Mail log open"})["id"]

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  (JSON holds anything)
        client, token = self.served.browser(ANNA)
        answer = client.request(method, f"/api/v1{path}", json=body, headers={**SAME, TOKEN_HEADER: token})
        assert answer.is_success, answer.text
        return answer.json()

    def write(self, **facts: Any) -> None:  # noqa: ANN401  (a fact has any form)
        self.ask("PUT", f"/incidents/{self.incident}/facts", {**settled(**facts), "events": []})

    @property
    def facts(self) -> str:
        return f"/incidents/{self.incident}/facts"

    @property
    def document(self) -> Any:  # noqa: ANN401  (as above)
        return self.ask("GET", self.facts)["facts"]

    def at(self, name: str, path: str = "", **more: Any) -> Visitor:  # noqa: ANN401  (as above)
        return Visitor(self.served, name, **more).open(f"{self.facts}{path}")

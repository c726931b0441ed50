"""An incident with facts, and who works on its letters on the console."""

from __future__ import annotations

from typing import Any

from leakguard.accounts.rights import Role
from leakguard.web.sessions import TOKEN_HEADER
from support.door import ANNA, SAME, Served
from support.notices import CAC, settled
from support.visitor import Visitor

CLARA, VERA = "Clara Law", "Vera View"


class Office:
    """An incident with facts, and who works on its letters."""

    def __init__(self, served: Served, **facts: Any) -> None:  # noqa: ANN401  (a fact has any form)
        served.add(CLARA, Role.COUNSEL)
        served.add(VERA, Role.VIEWER)
        self.served = served
        self.incident = self.ask("POST", "/incidents", {"title": "Mail log open"})["id"]
        for kind in ("awareness", "discovery"):
            self.ask("POST", f"/incidents/{self.incident}/events", {"kind": kind})
        self.ask("PUT", f"/incidents/{self.incident}/facts", {**settled(**facts), "events": []})

    @property
    def letters(self) -> str:
        return f"/incidents/{self.incident}/letters"

    @property
    def letter(self) -> str:
        return f"{self.letters}/{CAC}"

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  (JSON holds anything)
        client, token = self.served.browser(ANNA)
        answer = client.request(method, f"/api/v1{path}", json=body, headers={**SAME, TOKEN_HEADER: token})
        assert answer.is_success, answer.text
        return answer.json()

    def at(self, name: str, *, lang: str = "zh", language: str = "en") -> Visitor:
        return Visitor(self.served, name, language=language).open(f"{self.letter}?lang={lang}")

    def act(self, what: str, lang: str = "zh") -> str:
        return f"{self.letter}/{what}?stage=initial&lang={lang}"

    def approve(self, name: str) -> Visitor:
        return self.at(name).send(self.act("approve"))

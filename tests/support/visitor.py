"""A person at the console without a browser: reads pages and sends only forms that stand on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import lxml.html

from support.accounts import PASSWORD
from support.door import SAME, Served

if TYPE_CHECKING:
    from httpx import Response

Value = str | Sequence[str]


class Visitor:
    """Logged in, with one page before them."""

    def __init__(self, served: Served, name: str, *, language: str = "en") -> None:
        """`name` is an account of the server."""
        self.client = served.client(accept="text/html", accept_language=language)
        answer = self.client.post("/login", data={"name": name, "password": PASSWORD}, headers=SAME)
        assert answer.status_code == 303, answer.text
        self.answer: Response = answer
        self.path = "/login"

    def open(self, path: str, *, status: int = 200) -> Visitor:
        """Go to a page."""
        self.answer, self.path = self.client.get(path, headers=SAME), path
        assert self.answer.status_code == status, self.answer.text
        return self

    @property
    def html(self) -> Any:  # noqa: ANN401  (lxml has no types)
        """The page as elements."""
        return lxml.html.fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What can be read on the page, with single blanks."""
        return " ".join(self.html.find("body").text_content().split())

    def links(self) -> list[str]:
        """Where the page leads."""
        return [str(link) for link in self.html.xpath("//a/@href")]

    def form(self, action: str) -> Any:  # noqa: ANN401  (as above)
        """The form of the page that goes there; there has to be one."""
        found = [one for one in self.html.forms if one.get("action") == action]
        assert found, f"no form goes to {action}: {[one.get('action') for one in self.html.forms]}"
        return found[0]

    def send(
        self, action: str, values: Mapping[str, Value] | None = None, *, button: tuple[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None, status: int = 303, to: str = "",
    ) -> Visitor:  # fmt: skip
        """Fill in the form of the page and send it; a redirect is followed. A field that the form lacks is refused.

        `to` is where a button of the form sends it instead.
        """
        form = self.form(action)
        known = {str(name) for name in form.fields} | {
            str(one.get("name")) for one in form.xpath(".//input[@type='file']")
        }
        given = dict(values or {})
        assert set(given) <= known, f"the form has no {sorted(set(given) - known)}, but {sorted(known)}"
        sent: dict[str, list[str]] = {}
        for name, value in form.form_values():
            if name not in given:
                sent.setdefault(name, []).append(value)
        sent |= {name: [value] if isinstance(value, str) else list(value) for name, value in given.items()}
        if button is not None:
            assert form.xpath(f".//button[@name='{button[0]}'][@value='{button[1]}']"), f"no button {button}"
            sent[button[0]] = [button[1]]
        more = {"files": dict(files)} if files else {}
        self.answer = self.client.post(to or action, data=sent, headers=SAME, **more)
        assert self.answer.status_code == status, (self.answer.status_code, self.answer.text)
        if status == 303:
            self.open(self.answer.headers["location"])
        return self

    def show(self, action: str, values: Mapping[str, Value] | None = None) -> Visitor:
        """Press the button that shows what a form would do, with these values; the form is on the page again."""
        form = self.form(action)
        button = form.xpath(".//button[@formaction]")[0]
        return self.send(action, values, status=200, to=str(button.get("formaction")))

"""Each form of each page takes hostile values: what it refuses it refuses on a page, and what it keeps stays text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlsplit

import lxml.html
import pytest

from leakguard.accounts.rights import Role
from leakguard.web.console.screens import SCREENS
from support.door import ANNA, BEN, SAME, served_in
from support.hostile_store import MARKUP, WORDS, HostileCase, harm_in, hostile_case

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
LEFT_OUT = ("/logout", "/language", "/account/", "/people/", "/scans", "/runs/", "/findings/", "/drills/")
"""Forms that end a session, change who may do what, or start a process."""
VALUES = {
    "markup": quote_plus(MARKUP), "turned": quote_plus(WORDS), "long": "x" * 100_000, "null": "a%00b",
    "digits": "9" * 5_000, "signed": quote_plus("++5"), "power": quote_plus("\u00b2"),
    "surrogate": "a%ED%A0%80b", "no_utf8": "a%FFb", "signs": quote_plus("\u2028\ufeff\u200b"),
}  # fmt: skip
KEPT = frozenset({"form_token", "form_key"})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileCase]:
    with pytest.MonkeyPatch.context() as patch:
        served = served_in(tmp_path_factory.mktemp("forms"), patch)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER)
        served.add(BEN, Role.DPO)
        yield hostile_case(served)
        served.door.jobs.close()


def forms_of(case: HostileCase) -> Iterator[tuple[str, Any]]:
    """Every form that changes something, of each page as it stands now; each action once."""
    seen: set[str] = set()
    for screen in SCREENS:
        case.served.time.seconds += 60
        answer = case.client.get(screen.path.format(**case.places), headers=SAME)
        for form in lxml.html.fromstring(answer.text).forms if answer.status_code == 200 else ():
            path = urlsplit(str(form.get("action"))).path
            if (form.get("method") or "get").lower() == "post" and not path.startswith(LEFT_OUT) and path not in seen:
                seen.add(path)
                yield screen.name, form


def filled(form: Any, value: str) -> str:  # noqa: ANN401  (lxml has no types)
    """The form as a browser sends it, with this in each field that takes words."""
    parts = []
    for name, kept in form.form_values():
        field = form.inputs[name]
        tag, kind = getattr(field, "tag", ""), getattr(field, "type", "")
        takes = name not in KEPT and (tag == "textarea" or kind in {"text", "search", "email", "password", "hidden"})
        parts.append(f"{quote_plus(name)}={value if takes else quote_plus(kept or '')}")
    return "&".join(parts)


@pytest.mark.parametrize("name", VALUES)
def test_no_form_has_a_bug_or_lets_markup_out(case: HostileCase, name: str) -> None:
    wrong, tried = [], 0
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for screen, form in list(forms_of(case)):
        tried += 1
        case.served.time.seconds += 60
        action = str(form.get("action"))
        body = filled(form, VALUES[name])
        if "form_token" not in body:
            continue
        answer = case.client.post(action, content=body.encode(), headers={**SAME, **kind})
        if answer.status_code == 303:
            answer = case.client.get(answer.headers["location"], headers=SAME)
        where = f"{screen}: {urlsplit(action).path} {answer.status_code}"
        if answer.status_code >= 500:
            wrong.append(where)
        if answer.headers["content-type"].startswith("text/html"):
            wrong += [f"{where}: {one}" for one in harm_in(answer.text)]

    assert not wrong, "\n".join(wrong)
    assert tried >= 25

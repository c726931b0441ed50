"""Each role before each page and each act of the registers: what it has no right to is neither shown nor done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import lxml.html
import pytest

from leakguard.accounts.rights import RIGHTS, Role
from leakguard.web.console.screens import ACTS, SCREENS
from leakguard.web.operation import PREFIX, Method
from leakguard.web.operations import OPERATIONS
from support.console_door import SINGLE, forms_on, path_of, places_of, served_world
from support.console_world import LEAD, OFFICER
from support.door import SAME, Served
from support.visitor import Visitor

if TYPE_CHECKING:
    from leakguard.web.console.screen import Act
    from support.console_world import World

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]
OWN = frozenset({"change_password", "end_sessions", "begin_second_factor", "take_second_factor"})
"""Acts that end the session of who tries them out, or lock them out."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Served]]:
    with pytest.MonkeyPatch.context() as patch:
        world, served = served_world(Path(tmp_path_factory.mktemp("rights")), patch)
        yield world, served
        served.door.jobs.close()


def head(served: Served) -> int:
    with served.wiring() as wiring:
        found = wiring.existing_store.head()
        return found.sequence if found is not None else 0


def token_of(visitor: Visitor) -> str:
    return str(visitor.open("/account").html.xpath("//input[@name='form_token']/@value")[0])


def act_at(path: str) -> Act | None:
    """The act that a form leads to, those without places first."""
    for act in sorted(ACTS, key=lambda one: one.path.count("{")):
        if re.fullmatch(re.sub(r"\\?\{\w+\\?\}", "[^/]+", act.path), path):
            return act
    return None


@pytest.mark.parametrize("name", SINGLE)
def test_a_page_without_the_right_is_refused_and_says_who_may(case: tuple[World, Served], name: str) -> None:
    world, served = case
    visitor, role = Visitor(served, name), SINGLE[name]
    wrong = []
    for screen in SCREENS:
        answer = visitor.client.get(screen.path.format(**places_of(world)), headers=SAME)
        may = screen.right is None or role in RIGHTS[screen.right]
        if answer.status_code != (200 if may else 403) or not answer.headers["content-type"].startswith("text/html"):
            wrong.append(f"{screen.name}: {answer.status_code} {visitor_text(answer.text)}")

    assert not wrong, "\n".join(wrong)


def visitor_text(text: str) -> str:
    found = re.search(r'role="alert">(.{0,300})', text, re.DOTALL)
    return found.group(1) if found else text[:200]


@pytest.mark.parametrize("name", SINGLE)
def test_an_act_without_the_right_is_refused_and_records_nothing(case: tuple[World, Served], name: str) -> None:
    world, served = case
    visitor, role = Visitor(served, name), SINGLE[name]
    token, before, wrong = token_of(visitor), head(served), []
    for act in ACTS:
        if act.right is None or role in RIGHTS[act.right]:
            continue
        answer = visitor.client.post(path_of(act, world), data={"form_token": token, "form_key": "k"}, headers=SAME)
        if answer.status_code != 403:
            wrong.append(f"{act.name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
    assert head(served) == before


@pytest.mark.parametrize("name", [*(one for one in SINGLE if SINGLE[one] is not Role.ADMIN), "Only admin"])
def test_no_page_shows_a_button_whose_act_is_refused(case: tuple[World, Served], name: str) -> None:
    world, served = case
    visitor, role = Visitor(served, name), SINGLE[name]
    wrong, tried = [], set()
    for screen in SCREENS:
        answer = visitor.client.get(screen.path.format(**places_of(world)), headers=SAME)
        if answer.status_code != 200:
            continue
        for form in forms_on(answer.text):
            if not form.xpath(".//button[not(@type='button')]"):
                continue  # it shows what is there, and changes nothing
            action = str(form.get("action"))
            act = act_at(urlsplit(action).path)
            if act is None:
                assert action in {"/language", "/logout"}, (screen.name, action)
                continue
            if act.right is not None and role not in RIGHTS[act.right]:
                wrong.append(f"{screen.name}: a form goes to {act.name}")
            elif (screen.name, act.name) not in tried and act.name not in OWN:
                tried.add((screen.name, act.name))
                wrong += refused_form(visitor, form, f"{screen.name}: {act.name}")

    assert not wrong, "\n".join(wrong)


def refused_form(visitor: Visitor, form: Any, where: str) -> list[str]:  # noqa: ANN401  (lxml has no types)
    """Send a form as it stands: it may lack something, but not a right, and it is never a bug."""
    sent: dict[str, list[str]] = {}
    for field, value in form.form_values():
        sent.setdefault(field, []).append(value)
    answer = visitor.client.post(str(form.get("action")), data=sent, headers=SAME)
    return [f"{where}: {answer.status_code} {visitor_text(answer.text)}"] if answer.status_code in {403, 500} else []


@pytest.mark.parametrize("name", [LEAD, OFFICER, *SINGLE])
def test_a_page_has_one_main_heading_and_at_most_one_button_that_stands_out(
    case: tuple[World, Served], name: str
) -> None:
    """What stands in a part that is folded away counts once somebody unfolds it."""
    world, served = case
    visitor, wrong = Visitor(served, name), []
    for screen in SCREENS:
        answer = visitor.client.get(screen.path.format(**places_of(world)), headers=SAME)
        if answer.status_code != 200:
            continue
        main = lxml.html.fromstring(answer.text).find(".//main")
        found = main.xpath(".//*[contains(concat(' ', @class, ' '), ' primary ')][not(ancestor::details[not(@open)])]")
        if len(found) > 1 or len(main.findall(".//h1")) != 1:
            wrong.append(f"{screen.name}: {[one.text_content().strip() for one in (*found, *main.findall('.//h1'))]}")

    assert not wrong, "\n".join(wrong)


def right_of(link: str) -> Any:  # noqa: ANN401  (a right, or none)
    """What the page, or the file of the API, demands at which a link leads."""
    path = urlsplit(link).path
    known = [(screen.path, screen.right) for screen in SCREENS]
    known += [(f"{PREFIX}{one.path}", one.right) for one in OPERATIONS if one.method is Method.GET]
    for pattern, right in sorted(known, key=lambda one: one[0].count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
            return right
    return None


@pytest.mark.parametrize("name", SINGLE)
def test_no_page_shows_a_link_to_what_its_reader_may_not_open(case: tuple[World, Served], name: str) -> None:
    world, served = case
    visitor, role, wrong = Visitor(served, name), SINGLE[name], set()
    demo = "IR-2026-0001"
    paths = [screen.path.format(**places_of(world)) for screen in SCREENS]
    paths += [screen.path.replace("{incident}", demo) for screen in SCREENS if screen.path.count("{") == 1]
    paths += [f"/incidents/{demo}/steps/{step}" for step in ("contain", "scope_data", "learn")]
    for path in paths:
        answer = visitor.client.get(path, headers=SAME)
        if answer.status_code != 200:
            continue
        for link in lxml.html.fromstring(answer.text).xpath("//a/@href"):
            right = right_of(str(link))
            if right is not None and role not in RIGHTS[right]:
                wrong.add(f"{path}: {link}")

    assert not wrong, "\n".join(sorted(wrong))


def test_a_piece_of_evidence_of_a_report_leads_to_the_report(case: tuple[World, Served]) -> None:
    world, served = case
    officer = Visitor(served, OFFICER).open("/evidence/items")
    leads = [link for link in officer.links() if world.places["report"] in link]

    assert leads
    for link in leads:
        officer.open(link)

"""What waits for somebody as the second person stands on Now and among their tasks, and for nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.accounts.rights import Role
from support.door import ANNA, BEN, Served
from support.letter_office import CLARA, VERA, Office
from support.visitor import Visitor

pytestmark = pytest.mark.long

RITA = "Rita Rowe"


def waiting(page: Visitor) -> str:
    """The panel of what waits for the reader; empty where nothing does."""
    found: list[Any] = page.html.xpath("//*[@id='waiting']")
    assert len(found) == 1, "the panel is live, so it is there also while it is empty"
    return " ".join(found[0].text_content().split())


def test_a_letter_that_one_approved_waits_for_each_who_may_be_the_second_and_for_nobody_else(served: Served) -> None:
    office = Office(served)
    served.add(RITA, Role.RESPONDER)
    before = waiting(Visitor(served, CLARA).open("/"))
    office.approve(BEN)
    now = {name: Visitor(served, name).open("/") for name in (ANNA, BEN, CLARA, VERA, RITA)}
    tasks = {name: Visitor(served, name).open("/tasks") for name in (ANNA, BEN, CLARA, VERA, RITA)}
    told = "approved by Ben Cole; you would be the second person"

    assert before == ""
    assert [name for name, page in now.items() if told in waiting(page)] == [ANNA, CLARA]
    assert [name for name, page in tasks.items() if told in waiting(page)] == [ANNA, CLARA]
    assert [name for name, page in now.items() if waiting(page)] == [ANNA, CLARA]
    assert "Mail log open" in waiting(now[CLARA])
    (link,) = now[CLARA].html.xpath("//*[@id='waiting']//a/@href")
    now[CLARA].open(link).send(office.act("approve"))
    assert "Two people approved this text." in now[CLARA].text
    assert [waiting(Visitor(served, name).open("/")) for name in (ANNA, CLARA)] == ["", ""]


def test_a_letter_that_changed_since_it_was_approved_waits_for_no_second_person_in_any_count(served: Served) -> None:
    office = Office(served)
    office.approve(BEN)
    counted = office.ask("GET", "/counts")["letters_for_me"]
    office.at(BEN).send(office.act("address"), {"addressee": "Another office"})

    assert (counted, office.ask("GET", "/counts")["letters_for_me"]) == (1, 0)
    assert office.ask("GET", "/letters")["mine"] == 0
    assert waiting(Visitor(served, CLARA).open("/")) == ""


def test_a_letter_that_was_filed_waits_for_nobody(served: Served) -> None:
    office = Office(served)
    office.approve(BEN)
    office.at(BEN).send(office.act("file"), {"reference": "A-1"})

    assert office.ask("GET", "/waiting") == {"steps": [], "letters": [], "total": {"steps": 0, "letters": 0}}


def test_a_step_that_somebody_did_waits_for_the_role_that_has_to_agree(served: Served) -> None:
    served.add(CLARA, Role.COUNSEL)
    served.add(VERA, Role.VIEWER)
    anna = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": "cache <b>open</b>"})
    at = anna.path.partition("?")[0]
    anna.open(f"{at}/steps").send(f"{at}/playbook/start", {})
    anna.open(f"{at}/steps/take_command")
    anna.send(f"{at}/steps/take_command/done", {}, files={"file-role_list": ("roles.txt", b"Anna")})
    ben = Visitor(served, BEN).open(f"{at}/steps/decide_awareness")
    ben.send(f"{at}/steps/decide_awareness/done", {"answer-basis": "a working link"})
    now = {name: Visitor(served, name).open("/") for name in (ANNA, BEN, CLARA, VERA)}

    assert [name for name, page in now.items() if waiting(page)] == [CLARA]
    assert "somebody else did it; you confirm it · cache <b>open</b>" in waiting(now[CLARA])
    (link,) = now[CLARA].html.xpath("//*[@id='waiting']//a/@href")
    now[CLARA].open(link).send(f"{at}/steps/decide_awareness/confirm")
    assert waiting(now[CLARA].open("/")) == ""

"""The book of duties, why one applies, the form of the EDPB, and the register, on the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leakguard.accounts.rights import Role
from leakguard.settings import Settings
from support.door import ANNA, BEN, Served, served_in
from support.facts_desk import GDPR, Desk
from support.notices import CAC
from support.visitor import Visitor

VICKY = "Vicky View"


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served)


@pytest.mark.parametrize("page", ["duties", f"duties/{GDPR}", f"letters/{GDPR}", "facts/form"])
def test_a_page_that_rests_on_facts_leads_to_the_first_of_them(served: Served, page: str) -> None:
    """While nobody has written any."""
    desk = Desk(served)
    anna = Visitor(served, ANNA).open(f"/incidents/{desk.incident}/{page}", status=303)
    anna.open(anna.answer.headers["location"])
    assert "nobody has written any yet" in anna.text


def test_the_book_is_searched_and_each_duty_has_its_source(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/duties")
    assert "Next page" in anna.text
    anna.open("/duties?q=GDPR&place=DE+Germany&to=regulator")
    assert f"/duties/{GDPR}" in anna.links()
    anna.open(f"/duties/{GDPR}")
    for said in ("72 h", "What it rests on", "the law, as quoted", "by no lawyer of the organisation yet"):
        assert said in anna.text
    assert "No duty fits." in anna.open("/duties?q=zebra").text
    assert "First page" in anna.open("/duties?after=50").text
    assert "First page" not in anna.open("/duties?after=x").text


def test_a_late_filing_is_late_on_the_page_of_its_duty_and_on_that_of_its_incident(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leakguard.web.console.pages.summary.MOST_NOTICES", 100)
    desk.write()
    at = f"/incidents/{desk.incident}"
    desk.ask("POST", f"{at}/events", {"kind": "awareness", "at": "2026-05-01T10:00Z", "reason": "told late"})
    desk.ask("POST", f"{at}/events", {"kind": "filed", "fields": {"obligation": GDPR, "stage": "initial"}})
    ben = Visitor(desk.served, BEN).open(f"{at}/duties/{GDPR}")

    assert "filed late" in ben.text
    assert "done late" in ben.open(at).text


def test_a_place_without_a_known_rule_is_named_among_the_clocks_the_duties_and_on_the_summary(desk: Desk) -> None:
    """An unknown law is no absence of a duty: whoever looks at any of these pages is told."""
    desk.write(subjects_by_jurisdiction={"value": {"CN": 300, "TV": 2}})
    at = f"/incidents/{desk.incident}"
    ben = Visitor(desk.served, BEN)

    for page in ("", "/clocks", "/duties?applies=no_rule_known"):
        ben.open(f"{at}{page}")
        assert "Tuvalu" in ben.text, page
    assert "Places without a known rule 1" in ben.text
    assert "Tuvalu" not in ben.open(f"{at}/duties").text


def test_the_clocks_say_which_laws_are_watched_and_what_no_clock_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = Settings(store=str(tmp_path / "leakguard.db"), zone="Europe/Berlin", country="DE")
    served = served_in(tmp_path, monkeypatch, settings=german)
    served.add(ANNA, Role.ADMIN, Role.COMMANDER)
    desk = Desk(served)
    at = f"/incidents/{desk.incident}"
    place = {"kind": "note", "fields": {"jurisdiction": "US, TV, Atlantis"}}
    desk.ask("POST", f"{at}/events", place)
    event = desk.ask("GET", at)["events"][-1]["id"]
    told = Visitor(served, ANNA).open(f"{at}/clocks")

    section = " ".join(told.html.get_element_by_id("laws").text_content().split())
    for words in (
        "Germany the seat of the organisation", "Tuvalu E-", "no rule known",
        "Its states or provinces have duties of their own.", "This is no place that LeakGuard knows",
    ):  # fmt: skip
        assert words in section, section
    assert any(link.endswith(f"/timeline#{event}") for link in told.links())


def test_a_clock_that_does_not_apply_is_not_counted_down_on_the_page_of_its_duty(desk: Desk) -> None:
    desk.write()
    at = f"/incidents/{desk.incident}"
    cancelled = {"kind": "cancelled", "fields": {"clock": f"{GDPR}.initial"}, "reason": "it is no breach"}
    desk.ask("POST", f"{at}/events", {"kind": "awareness"})
    running = Visitor(desk.served, BEN).open(f"{at}/duties/{GDPR}").text
    desk.ask("POST", f"{at}/events", cancelled)
    text = Visitor(desk.served, BEN).open(f"{at}/duties/{GDPR}").text

    assert running.count("does not apply") + 1 == text.count("does not apply")


def test_every_place_without_a_known_rule_is_counted_on_the_page_of_the_incident(desk: Desk) -> None:
    desk.write(subjects_by_jurisdiction={"value": dict.fromkeys(("DE", "KG", "TM", "ER", "KP", "TD"), 5)})
    text = Visitor(desk.served, BEN).open(f"/incidents/{desk.incident}").text

    assert text.count("no rule known") == 3
    assert "2 more places without a known rule" in text


def test_a_duty_of_an_incident_says_why_and_takes_a_decision(desk: Desk) -> None:
    desk.write()
    path = f"/incidents/{desk.incident}/duties/{GDPR}"
    ben = Visitor(desk.served, BEN).open(path)
    assert "residents of the EEA are affected" in ben.text
    assert "Nobody has approved a letter yet." in ben.text
    assert f"/incidents/{desk.incident}/letters/{GDPR}" in ben.links()
    assert f"/incidents/{desk.incident}/facts?at=risk" in ben.links()
    assert f"/incidents/{desk.incident}/clocks/{GDPR}.initial" in ben.links(), "the clocks are those of the incident"
    ben.send(path, {"applies": "no", "reason": "counsel: not reached"})
    assert f"{BEN} decided that it does not apply" in ben.text
    assert "counsel: not reached" in ben.text
    assert "Decide it yourself" not in Visitor(desk.served, ANNA).open(path).text
    Visitor(desk.served, BEN).open(f"/incidents/{desk.incident}/duties/nothing", status=404)


@pytest.mark.parametrize("applies", ["yes", "needs_fact", "no_rule_known", "no"])
def test_the_duties_of_an_incident_are_listed_by_their_answer(desk: Desk, applies: str) -> None:
    desk.write()
    page = Visitor(desk.served, BEN).open(f"/incidents/{desk.incident}/duties?applies={applies}")
    assert ("Next page" in page.text) is (applies == "no")


def test_the_form_of_the_edpb_leads_to_facts_and_is_downloaded_when_nothing_is_missing(desk: Desk) -> None:
    path = f"/incidents/{desk.incident}/edpb"
    assert "The form is filled from them." in Visitor(desk.served, BEN).open(path).text
    desk.write(reporter={"value": "Dora"})
    desk.ask("POST", f"/incidents/{desk.incident}/events", {"kind": "awareness"})
    ben = Visitor(desk.served, BEN).open(path)
    assert "Fields that are missing or wrong: 1." in ben.text
    assert f"{desk.facts}?at=breach_date" in ben.links()
    ben.send(path, {"field_23": "a"})
    assert desk.document["edpb"] == {"field_23": "a"}
    assert "Nothing is missing." in ben.text
    form = dict(ben.form(f"{path}/export").form_values())
    file = ben.client.post(f"{path}/export", data=form, headers={"sec-fetch-site": "same-origin"})
    assert file.json()["field_23"] == "a"
    assert "attachment" in file.headers["content-disposition"]
    ben.open(path).send(path, {"field_23": ""})
    assert not desk.document.get("edpb")
    assert "Nothing changed." in ben.open(path).send(path).text


def test_the_register_has_filters_and_leads_to_its_files(desk: Desk) -> None:
    ben = Visitor(desk.served, BEN).open("/register")
    assert "Nobody has written the facts yet" in ben.text
    desk.write()
    filed = {"kind": "filed", "fields": {"obligation": CAC, "stage": "initial", "reference": "A-7"}}
    desk.ask("POST", f"/incidents/{desk.incident}/events", filed)
    ben.open("/register?told=yes&state=open&q=mail")
    assert "A-7" in ben.text
    assert "high risk" in ben.text
    assert "No breach fits." in ben.open("/register?q=zebra&year=x").text
    for link in ("/api/v1/register?as=csv", "/api/v1/register?as=xlsx"):
        assert link in ben.links()
        assert ben.client.get(link, headers={"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(("stated", "shown"), [({"value": 0}, "0 people"), ({"estimate": 500}, "about 500 people")])
def test_a_number_of_people_is_told_as_it_is_known(desk: Desk, stated: dict[str, Any], shown: str) -> None:
    desk.write(subject_count=stated)

    assert shown in Visitor(desk.served, BEN).open("/register").text


def test_an_empty_register_says_what_to_do(served: Served) -> None:
    assert "No breach is registered." in Visitor(served, BEN).open("/register").text


def small(**columns: list[str]) -> dict[str, Any]:
    """Five lines of the form, the first ones filled in."""
    return {name: [*values, *[""] * (5 - len(values))] for name, values in columns.items()}


def test_small_incidents_are_entered_several_at_once(served: Served) -> None:
    ben = Visitor(served, BEN).open("/register/small")
    lines = small(title=["a letter to a wrong address", "a lost key"], people=["3", ""], place=["DE Germany", ""])
    ben.send("/register/small", {"organisation": "Example", "country": "DE Germany", **lines})
    assert "a lost key" in ben.text
    assert "a letter to a wrong address" in ben.text
    assert "Reported by Example" in ben.open("/register/small?rows=15").text
    assert len(ben.html.xpath("//input[@name='title']")) == 15


def test_who_may_not_read_the_register_is_led_to_the_incidents_that_they_entered(served: Served) -> None:
    served.add("Eva Lind", Role.RESPONDER)
    eva = Visitor(served, "Eva Lind").open("/register/small")
    eva.send("/register/small", {"organisation": "Example", **small(title=["a lost key"])})

    assert eva.path.startswith("/incidents?")
    assert "a lost key" in eva.text


@pytest.mark.parametrize(
    ("typed", "says", "status"),
    [
        (small(title=[""]), "no line has a title", 400),
        (small(title=["x"], people=["many"]), "Line 1: the number of people must be a whole number", 400),
        (small(title=["x"], place=["US-CA"]), "Line 1: a place without a number of people", 400),
        (small(title=["x"], place=["US-CA"], people=["0"]), "Line 1: a place without a number of people", 400),
        (small(title=["x"], why=["it was read by nobody"]), "Line 1: a reason for a risk that nobody chose", 400),
        (small(title=["x"], place=["Narnia"], people=["1"]), "names a jurisdiction that is no ISO code", 422),
    ],
)
def test_a_wrong_line_comes_back_as_typed(served: Served, typed: dict[str, Any], says: str, status: int) -> None:
    ben = Visitor(served, BEN).open("/register/small")
    ben.send("/register/small", {"organisation": "Example", "country": "DE", **typed}, status=status)
    assert says in ben.text


def test_the_register_is_for_those_who_may_read_it(served: Served) -> None:
    served.add(VICKY, Role.VIEWER)
    Visitor(served, VICKY).open("/register", status=403)
    assert "/register" not in Visitor(served, VICKY).open("/").links()

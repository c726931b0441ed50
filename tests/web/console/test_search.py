"""The search finds incidents, letters, open places, laws and people, in both languages."""

from __future__ import annotations

from leakguard.accounts.rights import Role
from support.door import ANNA, Served
from support.now_page import opened
from support.visitor import Visitor


def test_an_incident_is_found_by_its_words_and_by_its_number(served: Served) -> None:
    incident = opened(served, "Student cache open")
    anna = Visitor(served, ANNA)
    for words in ("cache student", incident.lower()):
        anna.open(f"/search?q={words}")
        assert f"/incidents/{incident}" in anna.links()


def test_a_law_is_found_by_its_name_in_english_and_in_chinese(served: Served) -> None:
    for words in ("personal information protection law 57", "个人信息保护法"):
        assert "/duties/cn-pipl-57-individuals" in Visitor(served, ANNA).open(f"/search?q={words}").links()


def test_a_letter_is_found_by_what_has_to_be_done(served: Served) -> None:
    opened(served)
    anna = Visitor(served, ANNA, language="zh-CN").open("/search?q=告知受影响的个人")
    assert "文书与时限" in anna.text


def test_a_person_is_found_with_their_roles(served: Served) -> None:
    assert "admin, commander" in Visitor(served, ANNA).open("/search?q=berg").text


def test_words_that_name_nothing_stay_text_and_say_what_to_try(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/search?q=<script>zzz</script>")
    assert "Nothing here is called “<script>zzz</script>”." in anna.text
    assert not anna.html.xpath("//main//script")


def test_an_empty_search_says_what_can_be_found(served: Served) -> None:
    assert "Type words of an incident" in Visitor(served, ANNA).open("/search").text


def test_an_event_and_a_piece_of_evidence_are_found_by_their_numbers(served: Served) -> None:
    incident = opened(served)
    anna = Visitor(served, ANNA).open(f"/incidents/{incident}/evidence")
    anna.send(f"/incidents/{incident}/evidence", files={"file": ("access.log", b"GET /")})
    item = next(link for link in anna.links() if "/evidence/EV-" in link)
    event = anna.open(f"/incidents/{incident}/timeline").html.xpath("//li[starts-with(@id, 'E-')]/@id")[0]

    assert item in anna.open(f"/search?q={item.rpartition('/')[2].lower()}").links()
    assert item in anna.open("/search?q=access.log").links()
    assert f"/incidents/{incident}/timeline#{event}" in anna.open(f"/search?q={event.lower()}").links()


def test_evidence_is_found_only_by_who_may_read_it(served: Served) -> None:
    incident = opened(served)
    anna = Visitor(served, ANNA).open(f"/incidents/{incident}/evidence")
    anna.send(f"/incidents/{incident}/evidence", files={"file": ("access.log", b"GET /")})
    served.add("Vera Ito", Role.VIEWER)

    assert "Nothing here is called" in Visitor(served, "Vera Ito").open("/search?q=access.log").text

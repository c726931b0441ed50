"""Every page and every act, as the registers have them."""

from __future__ import annotations

import pytest

from support.accounts import PASSWORD
from support.door import ANNA, SAME, Served
from support.visitor import Visitor


def test_a_person_opens_an_incident_and_sees_it_in_the_list_and_on_its_own_page(served: Served) -> None:
    anna = Visitor(served, ANNA)
    anna.open("/").open("/incidents/new")
    anna.send("/incidents/new", {"title": "Mail log <b>open</b>"})
    assert "Mail log <b>open</b>" in anna.text
    assert "The incident is open." in anna.text
    assert "Mail log <b>open</b>" in anna.open("/incidents").text


def test_a_refused_form_comes_back_with_what_was_typed_and_what_is_wrong(served: Served) -> None:
    anna = Visitor(served, ANNA)
    anna.open("/incidents/new").send("/incidents/new", {"title": "x" * 3000}, status=422)
    assert "title" in anna.text
    assert anna.form("/incidents/new").fields["title"] == "x" * 3000


def test_a_form_that_is_sent_twice_opens_one_incident(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new")
    form = dict(anna.form("/incidents/new").form_values()) | {"title": "once"}
    first, second = (
        anna.client.post("/incidents/new", data=form, headers={"sec-fetch-site": "same-origin"}) for _ in "ab"
    )
    assert first.headers["location"] == second.headers["location"]


def test_a_form_of_an_earlier_login_records_nothing_keeps_what_was_typed_and_is_sent_once_more(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new")
    anna.client.post("/login", data={"name": ANNA, "password": PASSWORD}, headers=SAME)
    anna.send("/incidents/new", {"title": "the mail log"}, status=403)

    assert "logged in again since this page was opened, so nothing was recorded" in anna.text
    assert "leakguard token add" not in anna.text
    assert anna.form("/incidents/new").fields["title"] == "the mail log"
    assert "the mail log" in anna.send("/incidents/new").text


def test_a_form_without_a_login_leads_to_one_that_says_that_nothing_was_recorded(served: Served) -> None:
    client = served.client(accept="text/html", cookie="leakguard=lg_nobody")
    answer = client.post("/incidents/new", data={"title": "x"}, headers=SAME)

    assert "nothing that you sent was recorded" in client.get(answer.headers["location"]).text


def test_pages_are_in_chinese_where_the_browser_asks_for_it(served: Served) -> None:
    assert "当前态势" in Visitor(served, ANNA, language="zh-CN").open("/").text


def test_who_is_not_logged_in_is_led_to_the_login_and_back(served: Served) -> None:
    answer = served.client(accept="text/html").get("/incidents/new")
    assert answer.headers["location"] == "/login?to=%2Fincidents%2Fnew"


def test_an_address_without_a_page_says_the_way_on(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/exposures/F-1a2b3c4d", status=404)
    assert "There is no such page" in anna.text
    assert "/" in anna.links()
    stranger = served.client(accept="text/html").get("/nowhere")
    assert (stranger.status_code, "There is no such page." in stranger.text) == (404, True)
    assert served.client(accept="application/json").get("/nowhere").json()["status"] == 404
    assert anna.client.get("/api/v1/nowhere").json()["status"] == 404


def test_the_address_of_a_form_leads_to_the_page_of_the_form(served: Served) -> None:
    anna = Visitor(served, ANNA)
    assert anna.client.get("/incidents/IR-2026-0001/steps/contain/done").headers["location"] == (
        "/incidents/IR-2026-0001/steps/contain"
    )
    assert anna.client.get("/scans/S-1/cancel").headers["location"] == "/scans"


REFUSED: tuple[tuple[str, str, dict[str, str], int, str], ...] = (
    ("/incidents/new", "/incidents/new", {"title": "x" * 3000}, 422, "最多2,000个字符"),
    ("/incidents/new", "/incidents/new", {"title": ""}, 400, "请用几个词说明发生了什么。"),
    ("{incident}/comments", "{incident}/comments", {"text": ""}, 422, "不能为空"),
    ("{incident}/close", "{incident}/close", {}, 409, "尚未完成"),
)  # fmt: skip


def test_a_refusal_speaks_of_the_form_and_in_the_language_of_its_page(served: Served) -> None:
    """Neither of options of a command nor of the documents of the API, which nobody sees who fills in a form."""
    anna = Visitor(served, ANNA, language="zh-CN").open("/incidents/new").send("/incidents/new", {"title": "泄露"})
    incident = anna.path.partition("?")[0]
    for page, act, values, status, said in REFUSED:
        anna.open(page.format(incident=incident)).send(act.format(incident=incident), values, status=status)
        told = next(one.text_content() for one in anna.html.xpath("//main//*[@role='alert']"))

        assert said in told, told
        for words in ("characters", "--", "/api/", "Finish", "is not finished"):
            assert words not in told, told


@pytest.mark.parametrize(
    ("language", "words"), [("en", "choose on the page what it shows"), ("zh", "再在页面上选择要显示的内容")]
)
def test_an_odd_value_in_an_address_is_refused_in_words_of_the_page(served: Served, language: str, words: str) -> None:
    anna = Visitor(served, ANNA, language=language)
    for path in ("/register?year=99999", "/runs?after=abc", "/exposures?severity=odd", "/evidence/entries?before=x"):
        anna.open(path, status=400)

        assert words in anna.text, path
        assert "/api/" not in anna.text
        assert "query." not in anna.text

"""The console before somebody who means harm: forms of other sites, broken bodies, odd addresses, forms sent twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import lxml.html
import pytest

from leakguard.errors import LeakGuardError
from leakguard.models.records import KeptRecord
from leakguard.use_cases.accounts.manage_accounts import disable_account
from leakguard.web.call import Answer
from leakguard.web.console import forms
from leakguard.web.console.once_more import for_person, refuse_kept_problem
from leakguard.web.console.screens import ACTS, SCREENS
from leakguard.web.once import CutOff, KeyedRequest
from support.door import ANNA, SAME, Served
from support.full_disk import no_room
from support.visitor import Visitor

NEW = "/incidents/new"
POISON = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b id=planted>{{7*7}} ${7*7} {% raw %} "
    "javascript:alert(3) \u202egnp.exe\u2066 \u2028 &lt;i&gt; </textarea></title><svg onload=alert(4)>"
)

pytestmark = pytest.mark.long


def opened(served: Served) -> list[KeptRecord]:
    with served.wiring() as wiring:
        return [one for one in wiring.existing_store.read() if one.kind == "incident_opened"]


def form_of(visitor: Visitor, action: str = NEW) -> dict[str, str]:
    return {str(name): str(value) for name, value in visitor.form(action).form_values()}


def is_page(answer: Any) -> bool:  # noqa: ANN401  (httpx's own)
    return bool(answer.headers["content-type"].startswith("text/html")) and 'href="/"' in answer.text


def incident(visitor: Visitor, title: str = "Mail log open") -> str:
    return visitor.open(NEW).send(NEW, {"title": title}).path.partition("?")[0]


@pytest.mark.parametrize("headers", [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}, {},
    {"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
])  # fmt: skip
def test_a_form_of_another_site_is_refused_whatever_token_it_has(served: Served, headers: dict[str, str]) -> None:
    anna = Visitor(served, ANNA).open(NEW)
    answer = anna.client.post(NEW, data=form_of(anna) | {"title": "forged"}, headers=headers)
    assert answer.status_code == 403
    assert is_page(answer)
    assert opened(served) == []


def test_no_act_is_done_without_the_token_of_its_own_session(served: Served) -> None:
    anna, other = Visitor(served, ANNA).open(NEW), Visitor(served, ANNA).open(NEW)
    with served.wiring() as wiring:
        before = wiring.existing_store.head()
    wrong = []
    for act in ACTS:
        path = act.path.replace("{", "").replace("}", "")
        for token in ({}, {"form_token": form_of(other)["form_token"]}):
            served.time.seconds += 60
            answer = anna.client.post(path, data={"x": "y", **token}, headers=SAME)
            if answer.status_code not in {403, 404} or not is_page(answer):
                wrong.append(f"{act.name} {token}: {answer.status_code} {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)
    with served.wiring() as wiring:
        assert wiring.existing_store.head() == before


def test_nothing_of_a_form_is_read_for_who_is_not_logged_in(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(*_: Any, **__: Any) -> None:  # noqa: ANN401  (as what it stands for)
        raise AssertionError("it was read")

    monkeypatch.setattr("leakguard.web.console.serve.read_form", read)
    client = served.client(accept="text/html", cookie="leakguard=lg_nobody")
    answer = client.post("/incidents/IR-2026-0001/evidence", files={"file": ("a", b"x")}, headers=SAME)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?to=%2Fincidents%2FIR-2026-0001%2Fevidence&said=unsent"


ELSEWHERE = (
    "//evil.example", "/\\evil.example", "http://evil.example", "javascript:alert(1)", "/\t/evil.example",
    "/a\r\nset-cookie: a=b", "\\\\evil.example", "/%0d%0a/\u00e9", " //evil.example",
)  # fmt: skip


def test_no_place_to_go_on_to_leads_elsewhere(served: Served) -> None:
    anna, client = Visitor(served, ANNA), served.client(accept="text/html")
    for to in ELSEWHERE:
        answer = anna.client.post("/language", data={"language": "zh", "to": to}, headers=SAME)
        page = client.get("/login", params={"to": to})
        assert answer.headers["location"] == "/", to
        assert "a=b" not in answer.headers["set-cookie"]
        assert lxml.html.fromstring(page.text).xpath("//form[@action='/login']/input[@name='to']/@value") == ["/"]


ODD = (
    "/incidents/%00", "/incidents/..%2F..%2Fetc%2Fpasswd", "/incidents/%2E%2E/people", "/incidents/IR%0d%0aa:b",
    "/incidents/" + "a" * 20_000, "/incidents/%ED%A0%80", "/incidents/%FF", "/duties/%00", "/runs/..%2f",
    "/findings/%00/", "/people/accounts/%00", "/incidents/new/..;/x", "/static/x/../console.css", "/drills/%2e%2e%2f",
    "/runs/%00/changes", "/search?q=%00", "/search?q=" + "%3Cscript%3E" * 2_000, "/evidence/entries?after=%00",
    "/incidents?" + "&".join(f"a{n}=1" for n in range(3_000)), "/letters?language=%ED%A0%80", "/incidents/",
)  # fmt: skip


def test_an_odd_address_is_answered_by_a_page_and_never_by_a_bug(served: Served) -> None:
    anna, wrong = Visitor(served, ANNA), []
    for path in ODD:
        answer = anna.client.get(path, headers=SAME)
        if answer.status_code not in {200, 400, 404, 413, 422} or not is_page(answer) or "<script>" in answer.text:
            wrong.append(f"{path[:80]}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)


QUERIES = (
    "q", "after", "before", "page", "view", "sort", "text", "state", "limit", "question", "duty", "stage", "language",
    "format", "kind", "from", "scan", "run", "done", "said", "new", "name", "incident", "everybody", "fact",
)  # fmt: skip


def page_of(visitor: Visitor, path: str, query: Mapping[str, str]) -> Any:  # noqa: ANN401  (the client's answer)
    """The page; where it needs facts that nobody has written, the one that it leads to."""
    answer = visitor.client.get(path, params=dict(query), headers=SAME)
    if answer.status_code == 303:
        assert re.fullmatch(r"/incidents/[\w-]+/facts[/?&=#\w-]*", answer.headers["location"])
        answer = visitor.client.get(answer.headers["location"], headers=SAME)
    return answer


def test_no_page_has_a_bug_for_any_value_of_any_query(served: Served) -> None:
    anna, wrong = Visitor(served, ANNA), []
    number = incident(anna).rpartition("/")[2]
    for screen in SCREENS:
        path = screen.path.replace("{incident}", number).replace("{", "").replace("}", "")
        for value in ("\0", "-1", "9" * 40, "<b>", "[]", "\u0663", "\u00b2"):
            served.time.seconds += 60
            answer = page_of(anna, path, dict.fromkeys(QUERIES, value))
            if answer.status_code not in {200, 400, 404, 409, 422} or not is_page(answer):
                wrong.append(f"{screen.name} {value!a}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_what_is_no_form_is_refused_on_the_page_of_the_form(served: Served) -> None:
    anna = Visitor(served, ANNA)
    number = incident(anna)
    path, token = f"{number}/evidence", form_of(anna.open(NEW))["form_token"]
    fields = {f"f{count}": "x" for count in range(2_100)}
    named = "--b\r\ncontent-disposition: form-data"
    part = f'{named}; name="form_token"\r\n\r\n{token}\r\n'
    bodies: tuple[tuple[str, Any], ...] = (
        ("multipart/form-data", b"x"), ("multipart/form-data; boundary=b", b"--c\r\n"), ("text/plain", b"a=b"),
        ("multipart/form-data; boundary=b", part.encode()),
        ("multipart/form-data; boundary=b; charset=unicode_escape", f"{part}--b--\r\n".encode()),
        ("multipart/form-data; boundary=b", f'{part}{named}; name="a"\r\n\r\n\0\r\n--b--\r\n'.encode()),
        ("multipart/form-data; boundary=b", f'{part}{named}; name="a"; filename="a\0b"\r\n\r\nx\r\n--b--\r\n'.encode()),
        ("multipart/form-data; boundary=b", f'{named}; name="a"\r\nx: {"y" * 10_000}'.encode()),
        ("application/x-www-form-urlencoded", "&".join(f"{name}=x" for name in fields).encode()),
        ("application/x-www-form-urlencoded", b"\xff\xfe"), ("application/x-www-form-urlencoded", b"a"), ("", b""),
    )  # fmt: skip
    for kind, body in bodies:
        answer = anna.client.post(path, content=body, headers=SAME | {"content-type": kind})
        assert answer.status_code in {403, 422}, (kind, body[:200], answer.status_code)
        assert is_page(answer), (kind, body[:200])
        assert 'id="menu"' in answer.text


def test_an_upload_and_the_texts_of_a_form_have_a_cap(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Visitor(served, ANNA)
    path = f"{incident(anna)}/evidence"
    token = form_of(anna.open(NEW))["form_token"]
    monkeypatch.setattr(forms, "MOST_BODY", 4_000)
    many = {f"f{count}": "x" * 1_000 for count in range(6)} | {"form_token": token}
    answer = anna.client.post(path, data=many, files={"file": ("a", b"x")}, headers=SAME)
    assert (answer.status_code, is_page(answer)) == (413, True)
    monkeypatch.setattr(forms, "MOST_UPLOAD", 10_000)
    answer = anna.client.post(path, data={"form_token": token}, files={"file": ("a", b"x" * 20_000)}, headers=SAME)
    assert (answer.status_code, is_page(answer)) == (413, True)
    assert "10,000 bytes" in answer.text


@pytest.mark.parametrize("size", [10, 3_000_000], ids=["small", "large"])
def test_a_full_disk_is_told_on_the_page(served: Served, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    anna = Visitor(served, ANNA)
    path = f"{incident(anna)}/evidence"
    token = form_of(anna.open(NEW))["form_token"]
    parts = forms._parts  # noqa: SLF001  (the disk is full while these work)

    async def full_parts(*words: Any) -> Any:  # noqa: ANN401  (as what it stands for)
        with no_room():
            return await parts(*words)

    monkeypatch.setattr(forms, "_parts", full_parts)
    answer = anna.client.post(path, data={"form_token": token}, files={"file": ("a", b"x" * size)}, headers=SAME)
    assert (answer.status_code, is_page(answer)) == (503, True)
    assert "TMPDIR" in answer.text


def test_one_key_in_two_tabs_or_for_two_paths_does_each_form_once_and_says_what_to_do(served: Served) -> None:
    anna = Visitor(served, ANNA)
    one, two = incident(anna, "one"), incident(anna, "two")
    form = {"form_token": form_of(anna.open(NEW))["form_token"], "form_key": "the same", "text": "a comment"}
    first = anna.client.post(f"{one}/comments", data=form, headers=SAME)
    again = anna.client.post(f"{one}/comments", data=form, headers=SAME)
    elsewhere = anna.client.post(f"{two}/comments", data=form, headers=SAME)
    changed = anna.client.post(f"{one}/comments", data=form | {"text": "another"}, headers=SAME)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    for answer in (elsewhere, changed):
        assert (answer.status_code, is_page(answer)) == (422, True)
        assert "This form was sent before" in answer.text or "this form was sent before" in answer.text
        assert "key" not in lxml.html.fromstring(answer.text).xpath("//main//*[@role='alert']")[0].text_content()
    assert "another" in changed.text
    with served.wiring() as wiring:
        assert len([one for one in wiring.existing_store.read() if one.kind == "comment_added"]) == 1


def test_who_sends_again_what_a_killed_server_had_recorded_reads_what_to_do(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = Visitor(served, ANNA).open(NEW)
    form = form_of(anna) | {"title": "cut off"}
    worked = KeyedRequest._worked  # noqa: SLF001  (the server ends between the record and the answer)

    def killed(*given: Any) -> Answer:  # noqa: ANN401  (as what it stands for)
        given[3]()
        raise RuntimeError

    monkeypatch.setattr(KeyedRequest, "_worked", killed)
    cut = anna.client.post(NEW, data=form, headers=SAME)
    assert (cut.status_code, is_page(cut)) == (500, True)
    assert cut.headers["x-request-id"] in cut.text
    monkeypatch.setattr(KeyedRequest, "_worked", worked)
    answer = anna.client.post(NEW, data=form, headers=SAME)
    assert (answer.status_code, is_page(answer)) == (409, True)
    alert = lxml.html.fromstring(answer.text).xpath("//main//*[@role='alert']")[0].text_content()
    assert "recorded" in alert
    assert "/api/" not in alert
    assert 'value="cut off"' not in answer.text
    assert len(opened(served)) == 1


def test_a_refusal_that_was_kept_is_a_page_again(served: Served) -> None:
    told = {"detail": "no", "next_step": "do it"}
    with pytest.raises(LeakGuardError, match="no") as refused:
        refuse_kept_problem(Answer(document=told, media="application/problem+json", status=409))
    assert refused.value.next_step == "do it"
    process = CutOff("x")
    assert "nobody knows" in for_person(process).message
    assert served.door is not None


def test_hostile_words_stay_text_on_every_page(served: Served) -> None:
    anna = Visitor(served, ANNA)
    at = incident(anna, POISON)
    anna.open(f"{at}/comments").send(f"{at}/comments", {"text": POISON * 3})
    anna.open(f"{at}/evidence").send(f"{at}/evidence", files={"file": (POISON.replace('"', ""), b"x")})
    served.add(POISON[:100])
    shown = 0
    for screen in SCREENS:
        path = screen.path.replace("{incident}", at.rpartition("/")[2])
        served.time.seconds += 60
        answer = page_of(anna, path, {"q": POISON} if screen.name in {"search", "incidents"} else {})
        page = lxml.html.fromstring(answer.text)
        assert page.xpath("//*[@id='planted']") == [], screen.name
        assert [one for one in page.xpath("//script") if not one.get("src")] == [], screen.name
        assert page.xpath("//@onerror | //@onload | //*[@style]") == [], screen.name
        assert [
            one
            for one in page.xpath("//@href | //@src | //@action")
            if ":" in one.split("/")[0] and not one.startswith(("http", "mailto", "leakguard"))
        ] == []
        assert " 49 " not in page.text_content().replace("{{7*7}}", ""), screen.name
        shown += "planted" in page.text_content()
    assert shown > 5


def test_no_page_is_kept_or_framed_and_each_has_a_policy(served: Served) -> None:
    anna = Visitor(served, ANNA)
    for screen in SCREENS:
        served.time.seconds += 60
        answer = anna.client.get(screen.path.replace("{", "").replace("}", ""), headers=SAME)
        policy = answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_an_account_that_is_disabled_reads_and_does_nothing_more(served: Served) -> None:
    ben = Visitor(served, "Ben Cole").open("/")
    anna = Visitor(served, ANNA)
    at = incident(anna)
    form = {"form_token": form_of(ben.open("/account"), "/account/preferences")["form_token"], "text": "still here"}
    with served.wiring() as wiring:
        disable_account(wiring.existing_store, wiring, served.people["Ben Cole"].actor)
    assert ben.client.get("/", headers=SAME).headers["location"] == "/login"
    assert ben.client.post(f"{at}/comments", data=form, headers=SAME).headers["location"].startswith("/login")
    assert ben.client.get("/api/v1/events/stream", headers=SAME).status_code == 401

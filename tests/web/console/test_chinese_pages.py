"""Pages in Chinese: every text of ours is Chinese or marked as English, ids have plain names, times their own form."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from leakguard.accounts.rights import Role
from leakguard.bundled import BundledFiles
from leakguard.notices.edpb.explaining import demanded_words
from leakguard.notices.edpb.template import parse_template
from leakguard.translations.catalogue import catalogue
from leakguard.web.console.pages.edpb import DEMANDS, without_condition
from leakguard.web.console.pages.step_links import lines_in
from leakguard.web.console.render import is_english, shown
from leakguard.web.console.segments import moment_words, segments
from rules.translations import playbooks
from support.door import ANNA, BEN, Served
from support.facts_desk import GDPR, Desk
from support.spoken_languages import english_in
from support.visitor import Visitor

pytestmark = pytest.mark.long

EVA = "Eva Lind"
TITLE = "邮件日志对外开放"
MOST = 90
"""Pages of one walk; each shape of an address is opened twice."""
SHORT = 6
"""A text of a person that is no longer may be a word of ours as well."""


@pytest.fixture
def desk(served: Served) -> Desk:
    """An incident with facts, and one with a playbook."""
    served.add(EVA, Role.RESPONDER)
    desk = Desk(served)
    desk.write()
    return desk


@pytest.fixture
def incident(desk: Desk) -> str:
    """Where the incident with facts stands."""
    return f"/incidents/{desk.incident}"


@pytest.fixture
def response(served: Served) -> str:
    """Where an incident with a playbook stands."""
    anna = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": TITLE})
    at = anna.path.partition("?")[0]
    anna.open(f"{at}/steps").send(f"{at}/playbook/start", {})
    return at


def texts_in(value: Any) -> Iterator[str]:  # noqa: ANN401  (YAML holds anything)
    """What a person wrote into the facts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (text for one in value for text in texts_in(one))
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in texts_in(one))


def walked(visitor: Visitor, start: list[str]) -> dict[str, list[str]]:
    """By page, the English texts that nothing marks; links are followed."""
    found: dict[str, list[str]] = {}
    shapes: dict[str, int] = {}
    left = deque(start)
    while left and len(found) < MOST:
        path = left.popleft()
        shape = "/".join(
            "#" if any(map(str.isdigit, part)) or "-" in part else part for part in path.split("?")[0].split("/")
        )
        if path in found or shapes.get(shape, 0) > 1 or path.startswith(("/api/", "/static/", "/logout", "/drills/")):
            continue
        shapes[shape] = shapes.get(shape, 0) + 1
        answer = visitor.client.get(path, headers={"sec-fetch-site": "same-origin"})
        if answer.status_code == 200 and "html" in answer.headers["content-type"]:
            visitor.answer = answer
            found[path] = list(english_in(visitor.html))
            left.extend(link.partition("#")[0] for link in visitor.links() if link.startswith("/"))
    return found


def test_every_text_of_a_page_is_chinese_or_marked_as_english(desk: Desk, incident: str, response: str) -> None:
    anna = Visitor(desk.served, ANNA, language="zh")
    pages = walked(anna, ["/", response, incident, f"{response}/playbook", f"{incident}/edpb", "/duties", "/people"])
    theirs = {"Mail log open", *(text for text in texts_in(desk.document) if len(text) > SHORT)}
    ours = {path: [text for text in texts if not any(one in text for one in theirs)] for path, texts in pages.items()}

    assert {path: texts for path, texts in ours.items() if texts} == {}
    assert len(pages) > 40


def test_a_text_without_chinese_is_marked_as_english_and_a_name_is_not() -> None:
    context = cast("Any", {"language": "zh"})

    assert shown(context, "our own rule of a house") == '<span lang="en">our own rule of a house</span>'
    assert shown(context, "<b>bold words here</b>") == '<span lang="en">&lt;b&gt;bold words here&lt;/b&gt;</span>'
    assert shown(context, "Elasticsearch") == "Elasticsearch"
    assert shown(context, "Steps") == "步骤"
    assert shown(cast("Any", {"language": "en"}), "our own rule") == "our own rule"
    assert not is_english("端口 is open here", "zh")


@pytest.mark.parametrize(("language", "step", "piece"), [
    ("en", "“Close the door, without deleting anything”", "“config before”"),
    ("zh", "“关闭入口，但不删除任何内容”", "“整改前的配置”"),
])  # fmt: skip
def test_a_refusal_names_a_step_and_its_evidence_by_their_plain_names(
    desk: Desk, response: str, language: str, step: str, piece: str
) -> None:
    eva = Visitor(desk.served, EVA, language=language).open(f"{response}/steps/contain")
    eva.send(f"{response}/steps/contain/done", {}, status=409)

    assert step in eva.text
    assert piece in eva.text
    assert [one.text for one in eva.html.find_class("id")][:2] == ["contain", "evidence.config_before"]


def test_an_unclear_duty_names_the_question_and_not_its_id_alone(served: Served, incident: str) -> None:
    anna = Visitor(served, ANNA).open(f"{incident}/duties?applies=needs_fact")
    facts = {one.text for one in anna.html.find_class("id")}

    assert facts
    assert "`" not in anna.html.find(".//main").text_content()


@pytest.mark.parametrize(("language", "words"), [
    ("en", "Sat 23 May 2026, 09:00:00"), ("zh", "2026年5月23日（周六）09:00:00"),
])  # fmt: skip
def test_a_moment_in_a_sentence_has_the_form_of_the_reader(language: str, words: str) -> None:
    stamp = "2026-05-23T09:00:00+08:00"
    text = f"It counts from event E-1 at {stamp} (Saturday, 2026-05-23T01:00:00Z)."
    parts = list(segments(None, text, language))

    assert [part.text for part in parts] == ["It counts from event E-1 at ", f"{words} UTC+08:00", "."]
    assert parts[1].moment == stamp
    assert moment_words(stamp, ZoneInfo("Asia/Shanghai"), language) == words
    assert moment_words("2026-05-23T09:00:00Z", ZoneInfo("Asia/Shanghai"), language) == f"{words} UTC"


NO_PAGE = ("app ", "outbound ", "watch")
"""Commands of playbooks that no page does: they look at files of the builder or of transfers, or run for good."""


def test_every_command_of_a_playbook_that_a_page_does_stands_there_as_a_link() -> None:
    chinese = catalogue("zh")
    lines = [line for one in playbooks() for step in one.steps.values() for line in step.do if "leakguard " in line]
    paged = [line for line in lines if not any(f"leakguard {one}" in line for one in NO_PAGE)]
    assert len(paged) < len(lines)
    for line in (*paged, *map(chinese.said, paged)):
        parts = lines_in([line.replace("{incident}", "IR-2026-0001")], "IR-2026-0001")[0]
        assert any(part["path"] for part in parts), line
        assert not any("leakguard " in part["text"] for part in parts if not part["path"]), line


def test_a_command_that_no_page_does_stays() -> None:
    assert lines_in(["Then: leakguard lab up"], "IR-2026-0001") == [[{"text": "Then: leakguard lab up", "path": ""}]]


def test_the_form_of_the_edpb_is_asked_in_chinese_beside_its_own_words(served: Served, incident: str) -> None:
    ben = Visitor(served, BEN, language="zh").open(f"{incident}/edpb?status=complete&type=new")

    assert "个人数据泄露的性质" in ben.text
    assert "Nature of the personal data breach" in [one.text for one in ben.html.xpath("//*[@lang='en']")]


def test_whatever_the_form_of_the_edpb_demands_is_a_message() -> None:
    template = parse_template(BundledFiles().text("duties", "edpb/template.yaml"), name="template.yaml")
    demanded = {without_condition(demanded_words(field, template)) for field in template.fields}

    assert demanded == set(DEMANDS)


def test_a_form_of_an_office_has_chinese_labels_beside_its_own(served: Served, incident: str) -> None:
    ben = Visitor(served, BEN, language="zh").open(f"{incident}/letters/{GDPR}/form?lang=en")

    assert "受影响" in ben.text
    assert ben.html.xpath("//label/span[@lang='en']")

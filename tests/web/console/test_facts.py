"""Facts on the console: begun from nothing, asked one by one, changed in a form and as a file; duties beside them."""

from __future__ import annotations

import pytest

from support.door import BEN, SAME, Served
from support.facts_desk import CLARA, FIRST, HOSTILE, VERA, Desk
from support.notices import settled
from support.visitor import Visitor

GDPR = "eu-gdpr-33-authority"


@pytest.fixture
def desk(served: Served) -> Desk:
    return Desk(served)


def test_first_facts_on_one_page_bring_the_duties_and_the_clock(desk: Desk) -> None:
    ben = desk.at(BEN)
    ben.send(f"{desk.facts}/start", FIRST)
    assert "These duties follow from them." in ben.text
    assert "GDPR (EU) 2016/679" in ben.text
    assert "How great is the risk to the people affected?" in ben.text
    assert desk.document["facts"]["subjects_by_jurisdiction"] == {"value": {"DE": 1200}}
    assert desk.document["zone"] == "Asia/Shanghai"
    events = desk.ask("GET", f"/incidents/{desk.incident}")["events"]
    assert [one["kind"] for one in events] == ["incident_opened", "awareness"]


def test_counsel_begins_the_facts_and_reads_who_records_since_when_it_is_known(desk: Desk) -> None:
    page = desk.at(CLARA)
    assert "aware_day" not in page.form(f"{desk.facts}/start").fields
    assert "is recorded by a responder, the commander or the data protection officer" in page.text
    page.send(f"{desk.facts}/start", {name: value for name, value in FIRST.items() if not name.startswith("aware_")})

    assert "These duties follow from them." in page.text


def test_a_server_that_ends_between_the_facts_and_the_event_keeps_neither_and_the_form_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = desk.at(BEN)
    with monkeypatch.context() as patch:
        patch.setattr("leakguard.use_cases.incidents.first_facts.record_event", lambda *_, **__: 1 / 0)
        ben.send(f"{desk.facts}/start", FIRST, status=500)
    before = [one["kind"] for one in desk.ask("GET", f"/incidents/{desk.incident}")["events"]]
    ben.open(desk.facts).send(f"{desk.facts}/start", FIRST)

    assert before == ["incident_opened"]
    assert "These duties follow from them." in ben.text
    assert [one["kind"] for one in desk.ask("GET", f"/incidents/{desk.incident}")["events"]][1:] == ["awareness"]


def test_a_section_that_there_is_not_is_refused_on_the_page(desk: Desk) -> None:
    desk.write()
    ben = desk.at(BEN, "/form")
    action = f"{desk.facts}/form"
    ben.send(action, {"section": "no_section"}, status=422)
    assert "this is no form of this page" in ben.text.lower()


def test_who_reports_is_kept_for_the_next_incident(desk: Desk) -> None:
    desk.at(BEN).send(f"{desk.facts}/start", FIRST)
    other = desk.ask("POST", "/incidents", {"title": "another"})["id"]
    ben = Visitor(desk.served, BEN).open(f"/incidents/{other}/facts")
    assert f"with everything that {desk.incident} says of it" in ben.text
    ben.send(f"/incidents/{other}/facts/start", {"exposure.state": "true"})
    told = desk.ask("GET", f"/incidents/{other}/facts")["facts"]["organisation"]
    assert (told["name"], told["country"], told["dpo"]) == (HOSTILE, "DE", {"name": BEN, "email": "dpo@example.org"})


def test_an_answer_leads_to_the_next_question_and_back(desk: Desk) -> None:
    desk.write(risk=None, malicious=None)
    ben = desk.at(BEN, "?at=risk")
    assert "How great is the risk" in ben.text
    ben.send(desk.facts, {"risk.state": "high_risk", "risk.evidence": "F-12"})
    assert "The answer is kept." in ben.text
    assert desk.document["facts"]["risk"] == {"value": "high_risk", "evidence": "F-12"}
    back = next(link for link in ben.links() if "at=risk" in link)
    assert "How great is the risk" in ben.open(back).text
    assert ben.form(desk.facts).fields["risk.state"] == "high_risk"


def test_not_known_yet_with_a_reason_is_an_answer(desk: Desk) -> None:
    desk.write(risk=None)
    ben = desk.at(BEN, "?at=risk")
    ben.send(desk.facts, {"risk.state": "unknown"}, status=400)
    assert "say why" in ben.text
    ben.send(desk.facts, {"risk.reason": "we are still weighing it"})
    assert desk.document["facts"]["risk"] == {"unknown": "we are still weighing it"}
    assert "Not known yet: 1" in ben.text or "Not known yet: 2" in ben.text
    ben.open(f"{desk.facts}?at=risk").send(desk.facts, {"risk.state": "risk"})
    assert desk.document["facts"]["risk"] == {"value": "risk"}


def test_a_form_without_an_answer_says_what_to_do(desk: Desk) -> None:
    desk.write(risk=None)
    ben = desk.at(BEN).send(desk.facts, status=400)
    assert "choose an answer, or say why it is not known yet" in ben.text
    assert "To come back to it later, choose Skip." in ben.text


def test_a_skipped_question_stays_open_and_the_next_one_stands_there(desk: Desk) -> None:
    desk.write(risk=None, malicious=None, consequences=None)
    ben = desk.at(BEN)
    number = len(desk.ask("GET", f"/incidents/{desk.incident}/interview")["questions"])
    for _ in range(number):
        ben.open(next(link for link in ben.links() if "skip=" in link))
    assert "Only skipped questions are left." in ben.text
    assert f"Go back to the {number} skipped" in ben.text


def test_when_all_is_answered_the_letters_are_next(desk: Desk) -> None:
    desk.write()
    questions = desk.ask("GET", f"/incidents/{desk.incident}/interview")["questions"]
    answers = {f"facts.{one['fact']}": {"unknown": "being found out"} for one in questions}
    ben = desk.at(BEN)
    assert questions
    for one in questions:
        ben.open(f"{desk.facts}?at={one['fact']}").send(
            desk.facts, {f"{one['fact']}.state": "unknown", f"{one['fact']}.reason": "being found out"}
        )
    assert len(answers) == len(questions)
    assert "Nothing is open but what is not known yet." in ben.text
    assert f"/incidents/{desk.incident}/letters" in ben.links()


def test_a_number_and_a_range_that_are_both_typed_are_refused(desk: Desk) -> None:
    desk.write(subject_count={"estimate": {"low": 1000, "high": 5000}})
    page = desk.at(BEN, "?at=subject_count")
    page.send(desk.facts, {"subject_count.exact": "3200", "subject_count.high": "4000"}, status=400)
    assert "state either the exact number, or the least and the most" in page.text
    assert desk.document["facts"]["subject_count"] == {"estimate": {"low": 1000, "high": 5000}}


def test_a_period_is_shown_in_the_zone_of_the_facts_and_a_change_of_its_end_leaves_its_begin(desk: Desk) -> None:
    begin = "2026-05-23T22:40:30Z"
    desk.write(breach_date={"value": {"earliest": begin, "latest": "2026-05-24T01:00:00Z"}})
    ben = desk.at(BEN, "?at=breach_date")
    shown = ben.form(desk.facts).fields
    assert desk.document["zone"] == "Asia/Shanghai"
    assert (shown["breach_date.from_day"], shown["breach_date.from_time"]) == ("2026-05-24", "06:40")
    assert (shown["breach_date.to_day"], shown["breach_date.to_time"]) == ("2026-05-24", "09:00")
    ben.send(desk.facts, {"breach_date.to_time": "10:00"})
    assert desk.document["facts"]["breach_date"] == {"value": {"earliest": begin, "latest": "2026-05-24T10:00"}}


def test_a_text_in_several_languages_keeps_all_of_them(desk: Desk) -> None:
    desk.write()
    ben = desk.at(BEN, "?at=cause")
    ben.send(desk.facts, {"cause.text.en": "another cause"})
    assert desk.document["facts"]["cause"] == {"value": {"en": "another cause", "zh": "服务器未设登录认证"}}


def test_a_mark_that_was_forgotten_does_not_hide_what_was_typed(desk: Desk) -> None:
    desk.write(subject_count={"unknown": "being counted"})
    desk.at(BEN, "?at=subject_count").send(desk.facts, {"subject_count.exact": "7"})
    assert desk.document["facts"]["subject_count"] == {"value": 7}


def test_a_preview_shows_the_duties_with_this_answer_and_keeps_nothing(desk: Desk) -> None:
    desk.write()
    before = desk.document
    ben = desk.at(BEN, "?at=risk")
    form = dict(ben.form(desk.facts).form_values()) | {"risk.state": "unlikely"}
    shown = ben.client.post(f"{desk.facts}/preview", data=form, headers=SAME)
    assert shown.status_code == 200
    assert "with this answer" in shown.text
    assert shown.text.count("GDPR (EU) 2016/679, Art. 34") < ben.answer.text.count("GDPR (EU) 2016/679, Art. 34")
    again = ben.client.post(f"{desk.facts}/preview", data=form | {"risk.state": "unknown"}, headers=SAME)
    assert "with this answer" not in again.text
    assert desk.document == before


def test_two_people_do_not_overwrite_each_other_and_see_what_changed(desk: Desk) -> None:
    desk.write(malicious=None)
    ben, clara = desk.at(BEN, "?at=malicious"), desk.at(CLARA, "?at=cause")
    clara.send(desk.facts, {"cause.text.en": "a stolen password"})
    ben.send(desk.facts, {"malicious.state": "true"}, status=409)
    assert f"{CLARA} changed the facts while you were writing." in ben.text
    assert "a stolen password" in ben.text
    ben.send(desk.facts)
    assert desk.document["facts"]["malicious"] == {"value": True}
    assert desk.document["facts"]["cause"]["value"]["en"] == "a stolen password"


def test_the_form_writes_only_what_changed_in_its_section(desk: Desk) -> None:
    desk.write()
    before = desk.document
    ben = desk.at(BEN, "/form?section=what")
    ben.send(f"{desk.facts}/form")
    assert "Nothing changed." in ben.text
    assert desk.document == before
    ben.open(f"{desk.facts}/form?section=what").send(f"{desk.facts}/form", {"malicious.state": "true"})
    assert desk.document == {**before, "facts": {**before["facts"], "malicious": {"value": True}}}


def test_the_organisation_and_its_roles_are_in_the_form(desk: Desk) -> None:
    desk.write()
    ben = desk.at(BEN, "/form?section=who")
    roles = [*desk.document["obligated_as"], "processor"]
    ben.send(f"{desk.facts}/form", {"organisation.sector.text": "hospital", "role": roles})
    assert desk.document["organisation"]["sector"] == "hospital"
    assert set(desk.document["obligated_as"]) == set(roles)


def test_what_the_letters_lack_is_answered_on_one_page(desk: Desk) -> None:
    desk.write(consequences=None, measures_taken=None)
    ben = desk.at(BEN, "/form?section=letters")
    ben.send(f"{desk.facts}/form", {"consequences.text": "fraud\nspam", "measures_taken.text": "closed"})
    assert desk.document["facts"]["consequences"] == {"value": ["fraud", "spam"]}
    assert desk.document["facts"]["measures_taken"] == {"value": "closed"}


def test_what_a_letter_lacks_is_stated_in_its_language_and_leads_back_to_it(desk: Desk) -> None:
    text = "The log of our mail system could be read from the internet."
    known = settled(
        breach_description={"value": text}, consequences={"value": {"en": ["fraud with your data"]}}, cause=None,
        measures_taken=None, individual_steps={"unknown": "nobody has the list of them yet"},
    )  # fmt: skip
    known["organisation"]["country"] = "CN"
    desk.ask("PUT", desk.facts, {**known, "events": []})
    letter = f"/incidents/{desk.incident}/letters/cn-pipl-57-authority"
    ben = Visitor(desk.served, BEN).open(f"{letter}?lang=zh")
    form = next(one for one in ben.links() if "section=letters" in one)
    assert "not stated in Chinese yet" in ben.text
    fields = ben.open(form).form(f"{desk.facts}/form").fields
    assert fields["breach_description.text.en"] == text
    typed = {"breach_description.text.zh": "日志可从互联网读取。", "consequences.text.zh": "可能被用于诈骗。"}
    ben.send(f"{desk.facts}/form", {**typed, "cause.text": "防火墙配置错误。", "measures_taken.text": "已关闭。"})
    assert ben.path.startswith(f"{letter}?stage=initial&lang=zh")
    facts = desk.document["facts"]
    assert facts["breach_description"] == {"value": {"en": text, "zh": "日志可从互联网读取。"}}
    assert facts["consequences"]["value"] == {"en": "fraud with your data", "zh": "可能被用于诈骗。"}
    assert facts["cause"] == {"value": "防火墙配置错误。"}


def test_a_letter_in_english_asks_again_for_what_is_stated_in_chinese(desk: Desk) -> None:
    desk.write(consequences={"value": ["可能被用于诈骗。"]}, measures_taken={"value": {"zh": "已关闭。"}}, cause=None)
    ben = desk.at(BEN, f"/form?section=letters&letter={GDPR}&lang=en")
    fields = ben.form(f"{desk.facts}/form").fields
    assert fields["consequences.text.zh"] == "可能被用于诈骗。"
    assert fields["measures_taken.text.en"] == ""


def test_the_first_facts_know_the_officer_who_writes_them_and_say_whose_time_counts(desk: Desk) -> None:
    ben = desk.at(BEN)
    assert ben.form(f"{desk.facts}/start").fields["dpo.name"] == BEN
    assert "there it is" in ben.text
    assert desk.at(CLARA).form(f"{desk.facts}/start").fields["dpo.name"] == ""


def test_people_by_place_are_added_up_where_their_number_is_asked(desk: Desk) -> None:
    desk.write(subject_count=None, subjects_by_jurisdiction={"value": {"DE": 20, "FR": 3}})
    assert desk.at(BEN, "?at=subject_count").form(desk.facts).fields["subject_count.exact"] == "23"


def test_a_file_is_written_to_the_letter_and_its_problems_are_named_with_their_lines(desk: Desk) -> None:
    text = "# ours\nincident: one\norganisation: {name: Example, country: DE}\nobligated_as: [controller]\nfacts: {}\n"
    path = f"{desk.facts}/file"
    ben = desk.at(BEN, "/file")
    ben.send(path, {"text": text.replace("facts: {}", "facts: {exposre: {value: true}}")}, status=422)
    assert "These lines are wrong" in ben.text
    assert "unknown fact" in ben.text
    assert "exposre" in ben.form(path).fields["text"]
    ben.send(path, files={"file": ("facts.yaml", text.encode())})
    assert desk.ask("GET", desk.facts)["text"] == text
    assert "# ours" in desk.at(BEN, "/file").form(path).fields["text"]


@pytest.mark.parametrize(
    ("content", "says"), [(b"\xff\xfe", "no text in UTF-8"), (b" ", "there is no text"), (b"x" * 1_000_001, "too long")]
)
def test_what_is_no_facts_file_is_refused(desk: Desk, content: bytes, says: str) -> None:
    ben = desk.at(BEN, "/file").send(f"{desk.facts}/file", files={"file": ("x.yaml", content)}, status=400)
    assert says in ben.text


def test_a_viewer_reads_and_is_told_who_answers(desk: Desk) -> None:
    assert "Nobody has written the facts of this incident yet." in desk.at(VERA).text
    desk.write(risk=None)
    vera = desk.at(VERA)
    assert "The DPO, counsel or a responder answers." in vera.text
    assert not vera.html.xpath("//button[contains(., 'Save')]")
    for path in ("/form", "/file"):
        assert not desk.at(VERA, path).html.xpath("//main//button[contains(., 'Save') or contains(., 'Write')]")
    Visitor(desk.served, VERA).open(f"{desk.facts}/start", status=403)


def test_a_place_without_a_rule_is_decided_or_put_to_counsel(desk: Desk) -> None:
    desk.write(subjects_by_jurisdiction={"value": {"KG": 12}})
    ben = desk.at(BEN)
    assert "Kyrgyzstan" in ben.text
    ben.send(f"{desk.facts}/ask")
    comments = desk.ask("GET", f"/incidents/{desk.incident}/comments")["comments"]
    assert "Kyrgyzstan" in comments[0]["text"]
    while any(form.get("action") == f"{desk.facts}/places" for form in ben.html.forms):
        ben.send(f"{desk.facts}/places", {"reason": "counsel in Bishkek: no duty"})
    assert "counsel in Bishkek: no duty" in ben.text


def test_hostile_words_stay_text(desk: Desk) -> None:
    desk.at(BEN).send(f"{desk.facts}/start", FIRST)
    paths = ("", "/form?section=who", "/form?section=what", "/file", "?at=breach_description")
    for page in [desk.at(BEN, path) for path in paths] + [Visitor(desk.served, BEN).open("/register")]:
        assert "<script>alert" not in page.answer.text


def test_the_pages_are_chinese_for_who_asks_for_it(desk: Desk) -> None:
    desk.write(risk=None)
    text = desk.at(BEN, language="zh-CN").text
    assert "对个人权益的风险" in text
    assert "法律义务" in text

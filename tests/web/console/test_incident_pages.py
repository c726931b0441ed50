"""The pages of an incident: listed, opened, summed up, told, its clocks, its comments, closed and opened again."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from leakguard.accounts.rights import Role
from leakguard.settings import Settings
from support.door import ANNA, BEN, Served, served_in
from support.notices import complete, to_text
from support.visitor import Visitor

RITA, CORA, VERA = "Rita Okafor", "Cora Counsel", "Vera Ito"


@pytest.fixture
def anna(served: Served) -> Visitor:
    """A commander who has opened one."""
    visitor = Visitor(served, ANNA)
    visitor.open("/incidents/new?from=title").send("/incidents/new", {"title": "Mail log open"})
    return visitor


def number(visitor: Visitor) -> str:
    return visitor.answer.url.path.removeprefix("/incidents/").partition("/")[0]


def recorded(visitor: Visitor, incident: str, kind: str, **fields: str) -> Visitor:
    path = f"/incidents/{incident}/events/new"
    return visitor.open(f"{path}?kind={kind}").show(path, fields).send(path, fields)


def test_an_incident_is_opened_from_a_notice_with_when_it_came_in(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new?from=notice")
    anna.send("/incidents/new", {"title": "A mail", "sender": "a researcher <b>", "source": "mail box"})
    incident = number(anna)

    assert "a researcher <b>" in anna.open(f"/incidents/{incident}/timeline").text
    assert "Notice received" in anna.text


def test_a_late_notice_without_a_reason_comes_back_with_what_is_wrong(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new?from=notice")
    anna.send("/incidents/new", {"title": "A mail", "at": "2026-05-01T08:00"}, status=303)

    assert "Notice received" in anna.open(f"/incidents/{number(anna)}/timeline").text


def test_the_list_is_searched_and_an_empty_answer_leads_on(anna: Visitor) -> None:
    assert "Mail log open" in anna.open("/incidents?q=mail").text
    assert "No incident fits." in anna.open("/incidents?q=nothing+of+this").text
    assert "/incidents?view=all" in anna.links()
    assert "Mail log open" in anna.open("/incidents?view=mine").text
    assert "No incident fits." in anna.open("/incidents?view=closed").text
    assert "No incident fits." in anna.open("/incidents?view=all&severity=critical").text


def test_an_empty_store_says_what_to_do_first(served: Served) -> None:
    assert "/incidents/new" in Visitor(served, ANNA).open("/incidents").links()
    assert "No incident yet." in Visitor(served, ANNA).open("/incidents").text


def test_the_summary_leads_to_the_next_step(anna: Visitor) -> None:
    incident = number(anna)
    assert f"/incidents/{incident}/playbook" in anna.links()
    assert "not stated yet" in anna.text
    assert "nobody yet" in anna.text


def test_what_an_event_does_stands_on_the_page_before_it_is_recorded(anna: Visitor) -> None:
    incident = number(anna)
    path = f"/incidents/{incident}/events/new"
    anna.open(f"{path}?kind=discovery")
    assert "Starts" in anna.text
    assert "4 h 00 min" in anna.text

    anna.send(path, {"at": "2026-05-24T08:59", "source": "both scans"}, status=409)
    assert "the form was changed after you saw what the event does" in anna.text
    assert anna.form(path).fields["source"] == "both scans"
    anna.send(path)
    assert "The event is recorded." in anna.text
    assert "starts" in anna.text


def test_a_late_event_asks_for_its_reason_in_the_preview(anna: Visitor) -> None:
    incident = number(anna)
    path = f"/incidents/{incident}/events/new"
    anna.open(f"{path}?kind=discovery").show(path, {"at": "2026-01-02T08:00"})
    assert "needs a reason for the delay" in anna.text
    anna.show(path, {"reason": "read in the morning"}).send(path)
    assert "written down" in anna.text


def test_the_kinds_are_found_by_words_and_by_law(anna: Visitor) -> None:
    path = f"/incidents/{number(anna)}/events/new"
    assert f"{path}?kind=awareness" in anna.open(path).links()
    assert f"{path}?kind=notice_received" in anna.open(f"{path}?q=mail").links()
    assert f"{path}?kind=discovery" not in anna.links()
    assert any(link.startswith(f"{path}?kind=discovery") for link in anna.open(f"{path}?by=law").links())
    assert "No kind of event fits these words." in anna.open(f"{path}?q=zebra").text


def test_an_event_is_corrected_and_taken_back_with_a_reason(anna: Visitor) -> None:
    incident = number(anna)
    recorded(anna, incident, "discovery", source="one scan")
    path = f"/incidents/{incident}/events/new"
    correct = next(link for link in anna.links() if "corrects=" in link and "kind" not in link)
    anna.open(correct)
    assert anna.form(path).fields["source"] == "one scan"
    anna.show(path, {"source": "two scans", "reason": "the second one was read"}).send(path)
    assert "corrects" in anna.text
    assert anna.html.xpath("//del")

    back = next(link for link in reversed(anna.links()) if "kind=retracted" in link)
    anna.open(back).show(path, {"reason": "it was another server"}).send(path)
    assert "Retracted" in anna.text
    assert "Corrected" in anna.open(f"/incidents/{incident}/timeline?view=corrected").text


def test_filing_is_chosen_from_the_notices_that_are_due(anna: Visitor) -> None:
    incident = number(anna)
    recorded(anna, incident, "discovery")
    path = f"/incidents/{incident}/events/new"
    anna.open(f"{path}?kind=filed&obligation=cn-cac-incident-general&stage=initial")
    assert anna.form(path).fields["notice"] == "cn-cac-incident-general initial"
    assert "Ends" in anna.text
    anna.show(path, {"reference": "2026-17"}).send(path)
    assert "2026-17" in anna.text


def test_a_clock_is_chosen_for_what_moves_it(anna: Visitor) -> None:
    incident = number(anna)
    path = f"/incidents/{incident}/events/new"
    anna.open(f"{path}?kind=extension_granted&clock=cn-cac-incident-general.initial")
    assert anna.form(path).fields["clock"] == "cn-cac-incident-general.initial"
    assert "needs its until" in anna.text
    anna.show(path, {"until": "2099-01-05T10:00"}).send(path)
    told = anna.open(f"/incidents/{incident}/timeline").text
    assert "until 5 Jan" in told
    assert "2099-01-05T" not in told


def test_the_clocks_stand_in_groups_and_each_says_why(anna: Visitor) -> None:
    incident = number(anna)
    recorded(anna, incident, "discovery")
    anna.open(f"/incidents/{incident}/clocks")
    assert "Running to a limit" in anna.text
    clock = f"/incidents/{incident}/clocks/cn-cac-incident-general.initial"
    assert clock in anna.links()
    anna.open(clock)
    assert "4 h of exact time" in anna.text
    assert any("kind=filed" in link and "stage=initial" in link for link in anna.links())
    assert "Nothing that starts it is recorded yet." in anna.open(f"/incidents/{incident}/clocks/review").text
    anna.open(f"/incidents/{incident}/clocks/no-such-clock", status=404)


def test_a_comment_is_text_whatever_stands_in_it(anna: Visitor) -> None:
    path = f"/incidents/{number(anna)}/comments"
    anna.open(path).send(path, {"text": "<script>alert(1)</script>"})
    assert "<script>alert(1)</script>" in anna.text
    assert not anna.html.xpath("//script[contains(text(), 'alert')]")


def test_a_privileged_comment_is_offered_to_counsel_and_hidden_from_others(served: Served, anna: Visitor) -> None:
    served.add(CORA, Role.COUNSEL)
    path = f"/incidents/{number(anna)}/comments"
    assert "privileged" not in anna.open(path).form(path).fields
    cora = Visitor(served, CORA).open(path)
    cora.send(path, {"text": "settle it", "privileged": "yes"})
    assert "settle it" in cora.text
    assert "settle it" not in anna.open(path).text
    assert "1 privileged comment is for counsel alone." in anna.text


def test_what_is_missing_is_listed_and_overridden_with_a_reason(anna: Visitor) -> None:
    incident = number(anna)
    path = f"/incidents/{incident}/close"
    anna.open(path)
    areas = [str(one.get("value")) for one in anna.html.xpath("//input[@name='despite']")]
    assert "playbook" in areas
    anna.send(path, {"despite": areas}, status=400)
    assert "an override needs a reason" in anna.text
    anna.send(path, {"despite": areas, "reason": "it was a drill of ours"})
    assert "The incident is closed." in anna.text
    assert "Reopen" in anna.text

    anna.open(f"/incidents/{incident}/reopen").send(f"/incidents/{incident}/reopen", {"reason": "it is back again"})
    assert "The incident is open again." in anna.text


def test_the_report_can_be_downloaded_in_each_form(anna: Visitor) -> None:
    anna.open(f"/incidents/{number(anna)}/report")
    forms = [str(one.get("value")) for one in anna.html.xpath("//input[@name='as']")]
    action = next(str(form.action) for form in anna.html.forms if "report" in str(form.action))
    answers = {form: anna.client.get(action, params={"as": form, "verify": False}) for form in forms}

    assert {form: answer.status_code for form, answer in answers.items()} == dict.fromkeys(forms, 200)


def test_who_may_only_read_sees_no_button_that_would_be_refused(served: Served, anna: Visitor) -> None:
    served.add(VERA, Role.VIEWER)
    incident = number(anna)
    recorded(anna, incident, "discovery")
    vera = Visitor(served, VERA)
    for path in ("", "/timeline", "/clocks", "/comments", "/people", "/findings", "/report"):
        vera.open(f"/incidents/{incident}{path}")
        acts = [link for link in vera.links() if "/events/new" in link or link.endswith(("/close", "/playbook"))]
        assert acts == [], path
        posts = [one.action for one in vera.html.forms if one.method == "POST" and one.action != "/language"]
        assert posts == [], path
    assert "/incidents/new" not in vera.open("/incidents").links()
    vera.open(f"/incidents/{incident}/close", status=403)


def test_people_and_findings_say_what_is_not_there_yet(anna: Visitor, served: Served) -> None:
    incident = number(anna)
    assert "no role is given out" in anna.open(f"/incidents/{incident}/people").text
    assert "opened without a finding" in anna.open(f"/incidents/{incident}/findings").text
    assert "Ben" not in anna.text
    assert Visitor(served, BEN).open(f"/incidents/{incident}").path.endswith(incident)


def test_an_incident_that_there_is_not_is_said_on_a_page(anna: Visitor) -> None:
    anna.open("/incidents/IR-2026-9999", status=404)
    assert "There is no incident" in anna.text


def test_the_pages_are_in_chinese(served: Served, anna: Visitor) -> None:
    incident = number(anna)
    reader = Visitor(served, ANNA, language="zh-CN")
    for path, word in (("", "时间线"), ("/timeline", "时间线"), ("/clocks", "时限"), ("/close", "事件结案")):
        assert word in reader.open(f"/incidents/{incident}{path}").text


def test_before_anybody_says_whose_laws_count_an_event_is_recorded_and_the_clocks_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lawless = Settings(store=str(tmp_path / "leakguard.db"), zone="Asia/Shanghai")
    served = served_in(tmp_path, monkeypatch, settings=lawless)
    served.add(ANNA, Role.ADMIN, Role.COMMANDER)
    anna = Visitor(served, ANNA).open("/incidents/new?from=title").send("/incidents/new", {"title": "A leak"})
    incident = number(anna)
    assert "no law is chosen" in anna.text
    recorded(anna, incident, "notice_received")
    assert "The event is recorded." in anna.text
    for page in ("clocks", "close"):
        anna.open(f"/incidents/{incident}/{page}")
        assert "no law is watched" in anna.text
        assert f"/incidents/{incident}/facts" in anna.links()
    served.door.jobs.close()


def test_only_kinds_of_events_are_offered_that_the_reader_may_record(served: Served, anna: Visitor) -> None:
    """A responder records what happened; a DPO also what was filed, and what applies."""
    served.add(RITA, Role.RESPONDER)
    incident = number(anna)
    recorded(anna, incident, "discovery")
    recorded(anna, incident, "filed", notice="cn-cac-incident-general initial", reference="A-7")
    new, clock = f"/incidents/{incident}/events/new", f"/incidents/{incident}/clocks/cn-cac-incident-general.final"
    law_acts = {"filed", "not_applicable", "extension_granted", "delay_notice_sent"}
    for name, may in ((RITA, set[str]()), (BEN, law_acts), (ANNA, law_acts - {"not_applicable"})):
        visitor = Visitor(served, name)
        offered = {dict(parse_qsl(urlsplit(link).query)).get("kind", "") for link in visitor.open(new).links()}
        assert law_acts & offered == may
        assert "discovery" in offered
        offered = {dict(parse_qsl(urlsplit(link).query)).get("kind", "") for link in visitor.open(clock).links()}
        assert law_acts & offered == may
        taken_back = [link for link in visitor.open(f"/incidents/{incident}/timeline").links() if "retracted" in link]
        assert len(taken_back) == 1 + bool(may)
    refused = Visitor(served, RITA).open(f"{new}?kind=filed")
    assert "that needs the right" in refused.text


def test_who_may_not_close_an_incident_reads_who_may(anna: Visitor, served: Served) -> None:
    incident = number(anna)
    served.add(RITA, Role.RESPONDER)
    rita = Visitor(served, RITA).open(f"/incidents/{incident}")

    assert "Who closes it?" in rita.text
    assert f"one of these people closes it: {ANNA}" in rita.text
    assert "Who closes it?" not in anna.open(f"/incidents/{incident}").text


def test_the_tabs_say_how_many_duties_apply_and_how_many_letters_they_ask_for(anna: Visitor, served: Served) -> None:
    incident = number(anna)
    assert tab(anna, incident, "facts") == "Facts and duties"
    served.add("Dora", Role.DPO)
    Visitor(served, "Dora").open(f"/incidents/{incident}/facts/file").send(
        f"/incidents/{incident}/facts/file",
        {"text": to_text({name: value for name, value in complete().items() if name != "events"})},
    )

    applies = int(tab(anna, incident, "facts").split()[-1])
    assert applies > 0
    assert int(tab(anna, incident, "letters").split()[-1]) >= applies
    assert f"Applies {applies}" in anna.open(f"/incidents/{incident}/duties").text


def tab(visitor: Visitor, incident: str, name: str) -> str:
    links = visitor.open(f"/incidents/{incident}").html.xpath(
        f"//nav[@id='incident-tabs']/a[@href='/incidents/{incident}/{name}']"
    )
    return " ".join(links[0].text_content().split())

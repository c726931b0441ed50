"""The steps of an incident on the pages: started, done by two logins, failed, left out, taken back, raced for."""

from __future__ import annotations

import pytest

from leakguard.accounts.rights import Role
from support.door import ANNA, BEN, Served
from support.visitor import Visitor

EVA, CAROL, VIC = "Eva Lind", "Carol Stone", "Vic Ode"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def incident(served: Served) -> str:
    served.add(EVA, Role.RESPONDER)
    served.add(CAROL, Role.COUNSEL)
    served.add(VIC, Role.VIEWER)
    anna = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": f"cache {HOSTILE}"})
    at = anna.path.partition("?")[0]
    anna.open(f"{at}/steps").send(f"{at}/playbook/start", {})
    return at


def led(visitor: Visitor, at: str) -> Visitor:
    """The commander's first step, with a file that is sent with the form."""
    visitor.open(f"{at}/steps/take_command")
    files = {"file-role_list": (f"roles{HOSTILE}.txt", b"Anna: commander")}
    return visitor.send(f"{at}/steps/take_command/done", {}, files=files)


def test_a_step_is_done_with_a_file_of_the_same_form_whose_hash_stands_on_the_evidence_page(
    served: Served, incident: str
) -> None:
    anna = led(Visitor(served, ANNA), incident)
    assert "Done by Anna Berg" in anna.text
    page = anna.open(f"{incident}/evidence").text
    assert "15 bytes" in page
    assert "SHA-256" in page
    assert f"roles{HOSTILE}.txt" in page


def test_a_demanded_piece_is_chosen_from_the_evidence_of_the_incident(served: Served, incident: str) -> None:
    eva = Visitor(served, EVA).open(f"{incident}/evidence")
    eva.send(f"{incident}/evidence", {"source": "mail-log-01"}, files={"file": ("es.yml", b"a: 1")})
    item = next(link for link in eva.links() if "/evidence/EV-" in link).rpartition("/")[2]
    eva.open(f"{incident}/steps/contain")
    eva.send(f"{incident}/steps/contain/done", {"proof-config_before": item, "proof-config_after": item})
    assert "Done by Eva Lind" in eva.text
    assert "es.yml" in eva.text


def test_what_is_missing_stands_beside_its_field_and_nothing_that_was_typed_is_lost(
    served: Served, incident: str
) -> None:
    eva = Visitor(served, EVA).open(f"{incident}/steps/contain")
    files = {"file-config_before": ("es.yml", b"a: 1")}
    eva.send(f"{incident}/steps/contain/done", {"reason": "written down late"}, files=files, status=409)
    form = eva.form(f"{incident}/steps/contain/done")
    assert "this piece of evidence is missing" in eva.text
    assert form.fields["reason"] == "written down late"
    assert form.fields["proof-config_before"].startswith("EV-")
    assert form.fields["proof-config_after"] == ""


def test_a_second_login_confirms_and_the_first_one_cannot(served: Served, incident: str) -> None:
    led(Visitor(served, ANNA), incident)
    ben = Visitor(served, BEN).open(f"{incident}/steps/decide_awareness")
    assert "not the time of this meeting." in ben.text
    assert "--at" not in ben.text
    ben.send(f"{incident}/steps/decide_awareness/done", {"answer-basis": f"a working link {HOSTILE}"})
    assert "somebody else has to agree" in ben.text
    assert "Carol Stone (Counsel)" in ben.text
    assert not any(str(one.get("action")).endswith("/confirm") for one in ben.html.forms)
    carol = Visitor(served, CAROL).open("/tasks")
    assert "confirm it" in carol.text
    carol.open(f"{incident}/steps/decide_awareness").send(f"{incident}/steps/decide_awareness/confirm")
    assert "Done by Ben Cole and Carol Stone" in carol.text
    assert f"a working link {HOSTILE}" in carol.text


def test_a_page_that_was_opened_before_the_answer_changed_confirms_nothing(served: Served, incident: str) -> None:
    led(Visitor(served, ANNA), incident)
    at = f"{incident}/steps/decide_awareness"
    ben = Visitor(served, BEN).open(at).send(f"{at}/done", {"answer-basis": "a working link"})
    carol = Visitor(served, CAROL).open(at)
    ben.send(f"{at}/take-back", {"mistake": "another host"})
    ben.send(f"{at}/done", {"answer-basis": "the mail log"})
    carol.send(f"{at}/confirm", status=409)
    assert "so it may not be what you read" in carol.text
    carol.open(at).send(f"{at}/confirm")
    assert "Done by Ben Cole and Carol Stone" in carol.text


def test_the_slower_of_two_browsers_reads_who_did_the_step_and_what_it_typed(served: Served, incident: str) -> None:
    anna, eva = (Visitor(served, name).open(f"{incident}/steps/take_command") for name in (ANNA, EVA))
    sent = {"file-role_list": ("roles.txt", b"x")}
    eva.send(f"{incident}/steps/take_command/done", {}, files=sent)
    anna.send(f"{incident}/steps/take_command/done", {}, files=sent, status=409)
    assert "Eva Lind was faster" in anna.text
    assert "Evidence 1" in anna.text  # the file of the slower one was not taken in


def test_a_step_fails_is_left_out_by_two_and_taken_back(served: Served, incident: str) -> None:
    eva = Visitor(served, EVA).open(f"{incident}/steps/contain")
    eva.send(f"{incident}/steps/contain/failed", {"failure": f"still open {HOSTILE}"})
    assert "It failed once." in eva.text
    assert f"still open {HOSTILE}" in eva.text
    anna = Visitor(served, ANNA).open(f"{incident}/steps/contain")
    anna.send(f"{incident}/steps/contain/skip", {"why_not": "the machine is off"})
    assert "says that this step is not needed" in anna.text
    ben = Visitor(served, BEN).open(f"{incident}/steps/contain").send(f"{incident}/steps/contain/confirm")
    assert "Left out by Anna Berg and Ben Cole" in ben.text
    ben.send(f"{incident}/steps/contain/take-back", {"mistake": "it is on again"})
    assert "The step is open again." in ben.text
    assert "it is on again" in ben.text


def test_every_type_of_question_is_asked_and_kept(served: Served, incident: str) -> None:
    led(Visitor(served, ANNA), incident)
    eva = Visitor(served, EVA).open(f"{incident}/steps/contain")
    both = {f"file-{name}": ("es.yml", b"a: 1") for name in ("config_before", "config_after")}
    eva.send(f"{incident}/steps/contain/done", {}, files=both)
    eva.open(f"{incident}/steps/preserve_evidence")
    eva.send(
        f"{incident}/steps/preserve_evidence/done",
        {"answer-logs_from-day": "2026-05-12", "answer-logs_from-time": "06:30", "answer-traces": "none_found"},
        files={f"file-{name}": ("log", b"x") for name in ("logs_copied", "copy_digests")},
    )
    assert "12 May 06:30" in eva.text
    assert "none found" in eva.text
    eva.open(f"{incident}/steps/scope_data")
    eva.send(
        f"{incident}/steps/scope_data/done",
        {
            "answer-categories": "contact.email\nlocation.ip_address", "answer-people_low": "1000",
            "answer-people_high": "60000", "answer-jurisdictions": "CN", "answer-open_since-day": "2026-05-01",
        },
        files={"file-data_inventory": ("fields.txt", b"x")},
    )  # fmt: skip
    assert "contact.email, location.ip_address" in eva.text
    assert "60,000" in eva.text


def test_a_wrong_answer_is_named_beside_its_question(served: Served, incident: str) -> None:
    led(Visitor(served, ANNA), incident)
    eva = Visitor(served, EVA).open(f"{incident}/steps/contain")
    both = {f"file-{name}": ("es.yml", b"a: 1") for name in ("config_before", "config_after")}
    eva.send(f"{incident}/steps/contain/done", {}, files=both)
    eva.open(f"{incident}/steps/preserve_evidence")
    eva.send(
        f"{incident}/steps/preserve_evidence/done", {"answer-logs_from-day": "31 May"},
        files={"file-logs_copied": ("log", b"x")}, status=400,
    )  # fmt: skip
    assert "that is no day and time of the calendar" in eva.text


def test_a_step_is_assigned_from_a_list_and_taken_by_who_may_not_assign(served: Served, incident: str) -> None:
    anna = Visitor(served, ANNA).open(f"{incident}/steps/contain")
    anna.send(f"{incident}/steps/contain/assign", {"to": EVA})
    assert "Assigned to Eva Lind" in anna.text
    eva = Visitor(served, EVA).open("/tasks")
    assert "assigned to you" in eva.text
    eva.open(f"{incident}/steps/contain").send(f"{incident}/steps/contain/assign", {})
    assert "Nobody has it yet." in eva.text


def test_people_talk_about_a_step_and_counsel_among_themselves(served: Served, incident: str) -> None:
    path = f"{incident}/steps/contain"
    carol = Visitor(served, CAROL).open(path)
    carol.send(f"{path}/comment", {"comment": f"we may be liable {HOSTILE}", "privileged": "yes"})
    assert f"we may be liable {HOSTILE}" in carol.text
    assert "1 privileged comment is for counsel alone." in Visitor(served, EVA).open(path).text
    assert carol.open(path).send(f"{path}/comment", {"comment": "  "}, status=400).text.count("the comment is empty")


def test_who_may_only_read_sees_no_button_and_who_may_do_it(served: Served, incident: str) -> None:
    vic = Visitor(served, VIC).open(f"{incident}/steps/contain")
    assert "You may read this step." in vic.text
    assert [one.get("action") for one in vic.html.forms if incident in str(one.get("action"))] == []


def test_the_response_moves_to_another_playbook_with_a_reason(served: Served, incident: str) -> None:
    anna = Visitor(served, ANNA).open(f"{incident}/playbook?to=ransomed-datastore")
    assert "Keep the digests of what our scanner saw" in anna.text
    anna.send(f"{incident}/playbook/move", {"reason": "a note was found"})
    assert "An extortioner emptied or marked one of our datastores" in anna.text


def test_another_playbook_is_shown_before_it_is_started(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": "a laptop"})
    at = anna.path.partition("?")[0]
    anna.open(f"{at}/playbook?to=lost-device").send(f"{at}/playbook/start", {})
    assert "The response has begun." in anna.text


def test_my_tasks_are_empty_with_a_way_on(served: Served) -> None:
    assert "/incidents" in Visitor(served, ANNA).open("/tasks").links()


def test_the_timeline_says_which_playbook_was_started_by_its_title(served: Served, incident: str) -> None:
    page = Visitor(served, ANNA).open(f"{incident}/timeline")

    assert "playbook One of our datastores is open to everybody" in " ".join(page.text.split())
    assert "exposed-datastore-24h" not in page.text

"""Sending from the command line: through a real mail server, and into a file in a drill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest

from support.commands import CommandLine
from support.notices import CAC, GDPR_33, book, settled, to_text
from support.offices import ID, PEOPLE, Office, drilling_office, left_in, office
from support.servers import Child, child

TO = "office@authority.example"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Child]:
    with child("letter_server", tmp_path / "mails.jsonl", "1", "0") as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: Child, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    return office(tmp_path, monkeypatch, capsys, port=server.port)


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return drilling_office(tmp_path, monkeypatch, capsys)


SINGLE = ("facts.yaml", "--duty", CAC, "--stage", "initial", "--lang", "zh")


def test_in_a_drill_nothing_is_sent_and_a_file_says_what_would_be(drill: CommandLine) -> None:
    """No test may open a socket unless it says so, and this one does not."""
    for by in ("A", "B"):
        drill("notice", "approve", *SINGLE, "--incident", ID, "--by", by)
    sent = drill("notice", "send", *SINGLE, "--incident", ID, "--to", TO, "--by", "A")
    (line,) = (drill.folder / "drill-letters.jsonl").read_text(encoding="utf-8").splitlines()
    told = drill("incident", "show", ID, "--format", "json").document

    assert sent.code == 0
    assert json.loads(line)["drill"] == "DRILL"
    assert "authority.example" not in line
    assert "filed" in {one["kind"] for one in told["events"]}


def test_without_two_approvals_nothing_is_sent(drill: CommandLine) -> None:
    send = ("notice", "send", *SINGLE, "--incident", ID, "--to", TO)
    nobody = drill(*send)
    drill("notice", "approve", *SINGLE, "--incident", ID, "--by", "A")
    one = drill(*send)

    assert (nobody.code, one.code) == (2, 2)
    assert "nobody approves" in nobody.err
    assert "one more person has to approve" in one.err
    assert not (drill.folder / "drill-letters.jsonl").exists()


@pytest.mark.enable_socket
def test_one_letter_goes_to_the_authority_once_and_is_filed_and_proved(desk: Office, server: Child) -> None:
    desk.approve(*SINGLE)
    first = desk.notice("send", *SINGLE, "--to", TO, "--by", "A. Counsel", "--attach", "pdf", "--format", "json")
    second = desk.notice("send", *SINGLE, "--to", TO, "--by", "A. Counsel")
    other = desk.notice("send", *SINGLE, "--to", "other@authority.example")
    (mail,) = server.received
    name = mail["id"].strip("<>")
    proof = desk.notice("deliveries", "--message-id", name, "--format", "json")

    assert (first.code, second.code, other.code) == (0, 0, 2)
    assert json.loads(first.out)["counts"]["sent"] == 1
    assert json.loads(first.out)["filed"].startswith("E-")
    assert "1 sent" in second.out
    assert "Nothing went out now" in second.err
    assert "Nothing went out now" not in first.err
    assert "to another address" in other.err
    assert (mail["to"], "notice.pdf" in mail["mail"]) == (TO, True)
    assert (proof.document["proved"], proof.document["queue_id"]) == (True, "Q000001")
    assert f"<{name}>  sent at" in desk.notice("deliveries", "--message-id", name).out
    assert "1 sent" in desk.notice("deliveries").out
    assert desk.notice("deliveries", "--format", "json").document["batches"][0]["duty"] == CAC
    assert desk.notice("send", *SINGLE, "--to", "other@authority.example", "--again").code == 3


def test_a_letter_that_no_law_demands_is_approved_and_sent_the_same_way(drill: CommandLine) -> None:
    facts = to_text(
        settled(
            hotline={"value": {"phone": "+86 21 0000 0001"}},
            press_contact={"value": {"phone": "+86 21 0000 0002"}},
            containment_date={"value": "2026-06-11T08:00"},
        )
    )
    (drill.folder / "facts.yaml").write_text(facts, encoding="utf-8")
    words = ("facts.yaml", "--letter", "press", "--incident", ID)
    approved = [drill("notice", "approve", *words, "--by", by) for by in ("A", "B")]
    ran = drill("notice", "send", *words, "--to", "desk@newspaper.example", "--format", "json")

    assert [one.code for one in approved] == [0, 0]
    assert (ran.code, ran.document["duty"], ran.document["filed"]) == (0, "practice-press", None)


@pytest.mark.enable_socket
def test_a_letter_that_changed_is_not_sent(desk: Office, server: Child) -> None:
    desk.approve(*SINGLE)
    desk.facts(record_count={"value": 7})
    ran = desk.notice("send", *SINGLE, "--to", TO)

    assert ran.code == 2
    assert "changed since it was approved (facts" in ran.err
    assert server.log.read_text(encoding="utf-8") == ""


@pytest.mark.enable_socket
def test_an_authority_with_a_form_of_its_own_gets_a_mail_only_although(desk: Office, server: Child) -> None:
    words = ("facts.yaml", "--duty", GDPR_33, "--stage", "initial")
    desk.facts(delay_reason={"value": {"en": "we had to find out", "zh": "需要调查"}})
    desk.approve(*words)
    refused = desk.notice("send", *words, "--to", TO)
    sent = desk.notice("send", *words, "--to", TO, "--although", "it says so on its page")
    told = desk("incident", "timeline", ID).out

    assert (refused.code, sent.code) == (2, 0)
    assert "not filed by e-mail but by: national online form" in refused.err
    assert "although=it says so on its page" in told
    assert len(server.received) == 1


LATE = ("facts.yaml", "--duty", GDPR_33, "--stage", "initial", "--lang", "en")
"""Its limit is 13 June, 23:00 in Shanghai: 72 hours after awareness."""


def without_reasons(run: CommandLine, *, at: str) -> None:
    run.now = at
    stated = {**settled(delay_reason=None), "addressees": {GDPR_33: "Data protection authority"}}
    Path("facts.yaml").write_text(to_text(stated), encoding="utf-8")


def test_a_letter_that_became_late_is_neither_approved_nor_sent_without_its_reasons(drill: CommandLine) -> None:
    """Art. 33(1) GDPR; the date of the letter would say that it was in time."""
    without_reasons(drill, at="2026-06-13T21:00+08:00")
    words = (*LATE, "--incident", ID)
    first = [drill("notice", "approve", *words, "--by", name) for name in ("A", "B")]
    drill.now = "2026-06-14T10:00+08:00"
    sent = drill("notice", "send", *words, "--to", TO, "--although", "it takes mail", "--by", "A")
    third = drill("notice", "approve", *words, "--by", "C")
    final = drill("notice", "draft", *words, "--final")
    stated = {**settled(), "addressees": {GDPR_33: "Data protection authority"}}
    Path("facts.yaml").write_text(to_text(stated), encoding="utf-8")
    again = [drill("notice", "approve", *words, "--by", name) for name in ("A", "B")]
    ran = drill("notice", "send", *words, "--to", TO, "--although", "it takes mail", "--by", "A")

    assert [one.code for one in first] == [0, 0]
    assert sent.code == 2
    assert "changed since it was approved (the deadline, which has passed since)" in sent.err
    assert third.code != 0
    assert "delay_reason" in third.err
    assert final.code != 0
    assert [one.code for one in again] == [0, 0]
    assert ran.code == 0


def test_what_left_in_time_is_settled_behind_the_limit(drill: CommandLine) -> None:
    """The same command again says how the letter stands, whatever the time is."""
    without_reasons(drill, at="2026-06-13T21:00+08:00")
    words = (*LATE, "--incident", ID)
    for name in ("A", "B"):
        drill("notice", "approve", *words, "--by", name)
    send = ("notice", "send", *words, "--to", TO, "--although", "it takes mail", "--by", "A")
    first = drill(*send)
    drill.now = "2026-06-14T10:00+08:00"
    second = drill(*send)

    assert (first.code, second.code) == (0, 0)
    assert "Nothing went out now" in second.err


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("duty", "said"),
    [("uk-gdpr-33-ico", "ICO online form"), ("ca-pipeda-10-1-opc", "PIPEDA breach report form")],
)
def test_what_is_not_filed_by_mail_leaves_its_clock_running(desk: Office, server: Child, duty: str, said: str) -> None:
    words = ("facts.yaml", "--duty", duty)
    desk.facts(delay_reason={"value": {"en": "we had to find out", "zh": "需要调查"}})
    desk.approve(*words)
    ran = desk.notice("send", *words, "--to", TO)

    assert ran.code == 2
    assert f"{duty} is not filed by e-mail but by: " in ran.err
    assert said in ran.err
    assert "filed" not in desk("incident", "timeline", ID).out
    assert server.log.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*SINGLE,), "where does the letter go?"),
        ((*SINGLE, "--to", "nobody"), "no e-mail address"),
        ((*SINGLE, "--to", TO, "--channel", "other"), "not clear which"),
        ((*SINGLE, "--to", TO, "--rate", "fast"), "is no rate"),
        ((*SINGLE, "--to", TO, "--in-doubt", "sent", "--by", " "), "needs a person's name"),
        ((*SINGLE, "--to", TO, "--accepted-log", "none.log"), "No such file"),
    ],
)
@pytest.mark.enable_socket
def test_what_is_not_clear_is_refused_before_anything_is_opened(
    desk: Office, server: Child, words: tuple[str, ...], said: str
) -> None:
    desk.approve(*SINGLE)
    ran = desk.notice("send", *words)

    assert ran.code == 2
    assert said in ran.err
    assert server.log.read_text(encoding="utf-8") == ""


@pytest.mark.enable_socket
def test_a_mail_merge_goes_to_each_person_but_those_who_must_not_get_mail(desk: Office, server: Child) -> None:
    """California, a leaked account, no address, a refused one: each with its reason, none of them told by mail."""
    desk.letters()
    approved = desk.approve("--manifest", "letters")
    dry = desk.send("--dry-run", "--format", "json").document
    first = desk.send("--format", "json", "--attach", "pdf")
    second = desk.send()
    told = "".join(f"{ran.out}{ran.err}" for ran in (*approved, first, second))

    assert approved[1].code == 0
    assert dry["would"]["to be sent"] == 3
    assert (first.code, second.code) == (3, 3)
    assert {one["to"] for one in server.received} == {"canary.one@mail.example", "canary.two@xn--bcher-kva.example"}
    assert len(server.received) == 2
    assert left_in(first) == {4: "set_aside", 5: "set_aside", 6: "set_aside", 7: "refused"}
    assert "a person who has it would read the letter" in second.out
    assert "California law" in second.out
    assert "by post" in second.out
    assert "Refused: not tried again by itself." in second.out
    assert first.document["filed"] is None
    for canary in ("CANARY", "canary", "mail.example"):
        assert canary not in told
        assert canary.encode() not in desk.stored


@pytest.mark.enable_socket
def test_everybody_told_is_a_filing(desk: Office, server: Child) -> None:
    desk.people("\n".join(PEOPLE.splitlines()[:3]))
    desk.letters()
    desk.approve("--manifest", "letters/manifest.jsonl")
    ran = desk.send("--by", "A. Counsel")

    assert ran.code == 0
    assert "Filed as E-" in ran.out
    assert len(server.received) == 2


@pytest.mark.enable_socket
@pytest.mark.parametrize("what", ["facts", "people"])
def test_letters_that_rest_on_something_else_now_are_not_sent(desk: Office, server: Child, what: str) -> None:
    desk.letters()
    desk.approve("--manifest", "letters")
    if what == "facts":
        desk.facts(record_count={"value": 7})
    if what == "people":
        desk.people(PEOPLE.replace("canary.one", "canary.other"))
    ran = desk.send()

    assert ran.code == 2
    assert "canary" not in ran.err
    assert server.log.read_text(encoding="utf-8") == ""


@pytest.mark.enable_socket
def test_an_event_that_changes_no_word_of_the_letters_does_not_stop_them(desk: Office, server: Child) -> None:
    desk.letters("--incident", ID)
    desk.approve("--manifest", "letters")
    desk("incident", "event", ID, "note", "--reason", "nothing of it stands in a letter")

    assert left_in(desk.send("--format", "json")).keys() == {4, 5, 6, 7}
    assert len(server.received) == 2


@pytest.mark.enable_socket
def test_a_merge_is_sent_from_the_files_that_it_was_made_of(desk: Office) -> None:
    desk.letters()
    desk.approve("--manifest", "letters")

    assert desk.notice("send", "--manifest", "letters").code == 2


@pytest.mark.enable_socket
def test_what_is_in_doubt_is_settled_by_the_log_or_by_a_person(desk: Office, server: Child) -> None:
    desk.people(
        "id,email,data\np1,vanish1@mail.example,contact.email\np2,vanish2@mail.example,contact.email\n"
        "p3,drop@mail.example,contact.email\np4,fine@mail.example,contact.email\n"
    )
    desk.letters()
    desk.approve("--manifest", "letters")
    first = desk.send("--passes", "1", "--format", "json")
    names = {one["line"]: one["message_id"] for one in first.document["left"]}
    told = desk.send("--passes", "1")
    unproved = desk.notice("deliveries", "--message-id", names[3])
    told_by = ("--in-doubt", "sent", "--message-id", f"<{names[2]}>", "--by", "A")
    person = desk.send("--passes", "1", *told_by, "--format", "json")
    by_log = desk.send("--passes", "1", "--settle", "0", "--accepted-log", f"{server.log}.mail", "--format", "json")

    assert left_in(first) == {2: "in_doubt", 3: "in_doubt", 4: "in_doubt"}
    assert "--accepted-log FILE" in told.out
    assert (unproved.code, "no entry of the ledger vouches for it" in unproved.out) == (3, True)
    assert left_in(person) == {3: "in_doubt", 4: "in_doubt"}
    assert left_in(by_log)[4] in {"deferred", "in_doubt"}
    assert 3 not in left_in(by_log)
    assert [one["to"] for one in server.received].count("vanish2@mail.example") == 1
    assert "because   the mail server's log has it as taken" in desk.notice("deliveries", "--message-id", names[3]).out


@pytest.mark.enable_socket
def test_letters_that_came_back_are_recorded(desk: Office, server: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.approve(*SINGLE)
    desk.notice("send", *SINGLE, "--to", TO)
    (mail,) = server.received
    (desk.folder / "back.mbox").write_text(f"From a\nFrom: MAILER-DAEMON@x.example\n\n550 5.1.1 {mail['id']}\n")
    first = desk.notice("bounces", "--mbox", "back.mbox")
    second = desk.notice("bounces", "--mbox", "back.mbox", "--format", "json")
    with (desk.folder / "back.mbox").open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        third = desk.notice("bounces", "--mbox", "-")
    proof = desk.notice("deliveries", "--message-id", mail["id"])

    assert (first.code, second.code, third.code) == (3, 0, 0)
    assert "5.1.1  1" in first.out
    assert second.document == {"messages": 1, "bounces": 1, "late": 0, "new": []}
    assert "came back 5.1.1" in proof.out
    assert desk.notice("bounces", "--mbox", "none.mbox").code == 2
    assert desk("notice", "bounces", "--incident", "IR-2026-0009", "--mbox", "back.mbox").code == 2


def test_nothing_sent_says_so(drill: CommandLine) -> None:
    ran = drill("notice", "deliveries", "--incident", ID)

    assert (ran.code, ran.out) == (0, "")
    assert "Nothing was sent" in ran.err
    assert drill("notice", "deliveries", "--incident", ID, "--message-id", "lg.x").code == 2


@pytest.mark.parametrize(("lang", "word"), [("en", "draft"), ("zh", "起草")])
def test_a_letter_as_it_is_sent_is_never_called_a_draft(drill: CommandLine, lang: str, word: str) -> None:
    """The rule, the end of the ledger and that it is no advice are for the drafter, who reads them beside it."""
    words = ("facts.yaml", "--duty", CAC, "--stage", "initial", "--lang", lang, "--incident", ID)
    ran = drill("notice", "draft", *words, "--final")

    assert (ran.code, ran.err.count("Error")) == (0, 0)
    for told in ({"en": "Ledger head when this was written", "zh": "撰写时记录簿的首部"}[lang], CAC):
        assert told not in ran.out
        assert told in ran.err
    assert word not in ran.out.lower()


@pytest.mark.enable_socket
def test_what_goes_out_carries_no_footer_of_ours_and_its_approval_keeps_what_it_rests_on(
    desk: Office, server: Child
) -> None:
    """A patient has no use for the version of a rule; who asks later finds it with the approval."""
    desk.approve(*SINGLE)
    sent = desk.notice("send", *SINGLE, "--to", TO, "--by", "A. Counsel")
    assert sent.code == 0, sent.err + sent.out
    (mail,) = server.received
    body = message_from_string(mail["mail"], policy=default).get_body(("plain",))
    assert body is not None
    told = "".join(str(body.get_content()).split())
    shown = desk.notice("draft", *SINGLE, "--final").out

    listed = desk.notice("approve", "--list", "--format", "json").out
    (kept,) = json.loads(listed)["approvals"]

    tools = ("草稿", "待核实", "可信程度", "法律意见", "核对日期", "版本", "首部")
    assert not any(word in told + shown for word in tools)
    assert kept["duty"] == CAC
    assert kept["rules_version"] == book().vocabulary.version
    assert kept["checked_on"] == book().duty(CAC).verified_on.isoformat()
    assert kept["head"]["sequence"] > 0
    assert set(kept["parts"]) == {"facts", "rules", "template", "text"}

"""A letter on the console: read, reworded, approved by two logins, sent or filed; and the lists of letters by state."""

from __future__ import annotations

import pytest

from leakguard.accounts.rights import Role
from support.door import ANNA, BEN, SAME, Served
from support.letter_office import CLARA, VERA, Office
from support.lost_mail import losing_mail
from support.visitor import Visitor
from support.web_world import drilling

pytestmark = pytest.mark.untraced
PLACE = "facts.breach_description.value"
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'words'"


@pytest.fixture
def office(served: Served) -> Office:
    return Office(served)


def test_a_letter_is_read_on_paper_with_what_it_states_and_does_not_know(office: Office) -> None:
    page = office.at(BEN)

    paper = page.html.xpath("//article[@id='paper']")[0]
    assert paper.get("lang", "").startswith("zh")
    assert page.html.xpath("//article//iframe | //article//script") == []
    assert [one.text_content() for one in page.html.xpath("//article//*[contains(@class, 'unknown')]")]
    assert "stated as not known" in page.text
    assert "Rule checked" in page.text
    assert any("/facts?at=" in link for link in page.links())


def test_two_logins_approve_a_letter_and_one_of_them_counts_once(office: Office) -> None:
    first = office.approve(BEN)
    assert "1 of 2" in first.text
    assert "You approved this text" in first.text
    assert not [one for one in first.html.forms if one.get("id") == "approve"]

    second = office.approve(CLARA)

    assert "2 of 2" in second.text
    assert "Two people approved this text." in second.text
    assert BEN in second.text
    assert CLARA in second.text
    assert second.text.count("logged in by password") == 2


def test_a_reworded_passage_is_checked_before_it_is_kept_and_then_is_what_people_approve(office: Office) -> None:
    page = Visitor(office.served, BEN).open(f"{office.letter}/edit?lang=zh")
    field = next(name for name in page.form(office.act("edit")).fields if name.startswith(f"passage:{PLACE}"))
    page.answer = page.client.post(
        office.act("preview"),
        data={**dict(page.form(office.act("edit")).form_values()), field: HOSTILE},
        headers=SAME,
    )
    assert page.answer.status_code == 200, page.text
    assert "1 passage changed; nothing is saved yet." in page.text
    assert HOSTILE not in page.answer.text
    assert HOSTILE in page.html.xpath(f"//textarea[@name='{field}']")[0].text_content()
    assert HOSTILE not in office.at(BEN).text

    page.send(office.act("edit"))

    assert HOSTILE in page.html.xpath("//article[@id='paper']")[0].text_content()
    approved = office.approve(CLARA)
    assert HOSTILE in approved.html.xpath("//article[@id='paper']")[0].text_content()


def test_facts_that_somebody_else_wrote_are_not_overwritten_and_the_words_stay_on_the_page(office: Office) -> None:
    ben, clara = (Visitor(office.served, name).open(f"{office.letter}/edit?lang=zh") for name in (BEN, CLARA))
    field = next(name for name in ben.form(office.act("edit")).fields if name.startswith(f"passage:{PLACE}"))
    clara.send(office.act("edit"), {field: "甲说。"})

    ben.send(office.act("edit"), {field: "乙说。"}, status=409)

    assert "since you read this letter" in ben.text
    assert "乙说。" in ben.form(office.act("edit")).fields[field]


def test_a_filing_is_recorded_with_its_reference_and_what_was_promised(office: Office) -> None:
    page = office.at(BEN)
    promised = page.form(office.act("file")).xpath(".//input[@name='promised']/@value")
    page.send(office.act("file"), {"reference": "CAC-17", "promised": promised[:1]})

    assert "The filing is recorded." in page.text
    assert "CAC-17" in page.text
    assert "Promised for later, and not delivered yet:" in page.text
    assert "CAC-17" in page.open(office.letters).text
    assert "Filed" in page.open("/letters").text


def test_a_filing_counts_at_the_time_of_the_readers_clock_as_all_times_of_the_page_do(office: Office) -> None:
    """The incident is of another zone: an hour of that one would make a late filing one in time."""
    page = office.at(BEN).open("/account")
    page.send("/account/preferences", {"language": "en", "zone": "America/New_York"})
    page = office.at(BEN)
    page.send(office.act("file"), {"filed_at": "2026-05-23T12:00", "late": "told late"})
    events = office.ask("GET", f"/incidents/{office.incident}")["events"]
    filed = next(one for one in events if one["kind"] == "filed")

    assert filed["occurred_at"]["earliest"] == "2026-05-23T16:00:00Z"
    assert "23 May 12:00" in page.text


def test_an_approved_letter_is_sent_from_its_page_and_its_delivery_is_shown(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.door.shared, "settings", drilling(served.folder))
    office = Office(served)
    office.approve(BEN)
    office.approve(CLARA)
    page = office.at(BEN)
    known = page.form(office.act("send")).fields
    reason = {"although": "they asked for it"} if "although" in known else {}
    page.send(office.act("send"), {"to": "office@authority.example", **reason})

    assert "The mail server took the letter." in page.text
    assert "This is a drill." in page.text
    assert "sent" in page.html.xpath("//section[@id='out']")[0].text_content()
    assert "Sent" in [one.text_content().strip() for one in page.open("/letters").html.xpath("//h2")]


def doubtful(served: Served, patch: pytest.MonkeyPatch) -> tuple[Office, dict[str, str]]:
    """An office with a letter of which nobody knows whether it was taken, and what its form needs besides."""
    patch.setattr(served.door.shared, "settings", drilling(served.folder))
    office = Office(served)
    office.approve(BEN)
    office.approve(CLARA)
    page = office.at(BEN)
    reason = {"although": "they asked"} if "although" in page.form(office.act("send")).fields else {}
    with patch.context() as lost:
        losing_mail(lost)
        page.send(office.act("send"), {"to": "office@authority.example", **reason})
    assert "Nobody knows whether the mail server took the letter." in page.text
    return office, {f"went_{name}": value for name, value in reason.items()}


def test_who_may_not_send_reads_who_settles_a_doubt(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    office, _ = doubtful(served, monkeypatch)
    page = office.at(VERA)

    assert "A commander or the data protection officer settles it." in page.text
    assert not page.html.xpath("//*[@id='doubt']//form")


def test_a_viewer_reads_letters_and_is_offered_nothing_that_changes_one(office: Office) -> None:
    page = office.at(VERA)

    assert page.html.xpath("//article[@id='paper']")
    assert [one.get("action") for one in page.html.forms if one.get("method") == "post"] == ["/language"] * 2
    assert "Somebody with the role of data protection officer" in page.text


def test_without_facts_the_tab_says_what_to_do_first(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/incidents/new").send("/incidents/new", {"title": "another"})
    page = anna.open(f"{anna.path.partition('?')[0]}/letters")

    assert "nobody stated any yet" in page.text
    assert "No letter is due" in anna.open("/letters").text or "To draft and approve" in anna.text


def test_who_may_write_the_facts_and_no_letter_is_offered_no_check_that_would_lose_the_text(office: Office) -> None:
    office.served.add("Rita Responder", Role.RESPONDER)
    for name, is_offered in ((BEN, True), ("Rita Responder", False)):
        page = Visitor(office.served, name).open(f"{office.letter}/edit?lang=zh")
        buttons = page.html.xpath("//main//button[contains(@formaction, 'preview')]")
        assert bool(buttons) is is_offered
        assert page.form(office.act("edit")).fields


def test_who_only_reads_the_facts_is_told_so_on_the_page_of_all_of_them(office: Office) -> None:
    for name, is_reader in ((VERA, True), (BEN, False)):
        page = Visitor(office.served, name).open(f"/incidents/{office.incident}/facts/form")
        assert ("Your role reads the facts." in page.text) is is_reader

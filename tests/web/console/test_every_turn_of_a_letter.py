"""Letters on the console: what is in doubt or changed, and every way to log in that an approval tells."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.accounts.sessions import Kind
from leakguard.frozen import replace
from leakguard.ledger.verification_result import Answer
from leakguard.mailing.approvals import APPROVED, MERGE, Parts, Subject, approval_content
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.people import LoginMethod
from leakguard.models.records import Record
from leakguard.use_cases.accounts.log_in import open_session
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.web.sessions import cookie_name
from support.door import BEN, SAME, Served
from support.ledgers import START, exactly
from support.letter_office import CLARA, Office
from support.lost_mail import losing_mail
from support.visitor import Visitor
from support.web_world import drilling

pytestmark = pytest.mark.long

WORDS = {
    "password": "logged in by password ·", "password_totp": "logged in by password and code",
    "passkey": "logged in by passkey", "oidc": "logged in at the login provider",
    "proxy": "logged in at the login proxy",
}  # fmt: skip
PLACE = "facts.breach_description.value"


@pytest.fixture
def office(served: Served) -> Office:
    return Office(served)


def test_each_form_of_the_letter_is_one_click_away(office: Office) -> None:
    page = office.at(BEN)
    found = [link for link in page.links() if "/letters/draft?" in link]

    assert [link.partition("as=")[2].partition("&")[0] for link in found] == ["docx", "pdf", "txt", "html", "md"]
    assert page.client.get(found[2], headers=SAME).status_code == 200


@pytest.mark.parametrize("method", LoginMethod)
def test_the_approvals_say_how_each_person_proved_who_they_are(office: Office, method: LoginMethod) -> None:
    with office.served.wiring() as wiring:
        actor = office.served.people[CLARA].actor
        opened = open_session(wiring.store, wiring, actor, kind=Kind.WEB, method=method)
    page = office.at(BEN)
    page.client.cookies.set(cookie_name(is_secure=False), opened.secret, domain="localhost.local")
    page.open(page.path).send(office.act("approve"))
    (version,) = office.ask("GET", f"/incidents/{office.incident}/approvals")["approvals"]
    with office.served.wiring() as wiring:
        kept = [one for one in wiring.store.read(office.incident) if one.kind == "notice_approved"]
        answer = verify_store(wiring.store).answer

    assert [(one["by"], one["login_method"]) for one in version["approvals"]] == [(CLARA, method.value)]
    assert kept[0].content["login_method"] == method.value
    assert answer is Answer.MATCH
    assert WORDS[method] in page.text


def test_what_waits_for_the_reader_is_named_first_on_the_board(office: Office) -> None:
    office.approve(BEN)

    assert "waits for you" not in Visitor(office.served, BEN).open("/letters").text
    clara = Visitor(office.served, CLARA).open("/letters")
    assert "1 waits for you" in clara.text
    assert "Wait for the second approval" in clara.html.xpath("//h2")[0].text_content()
    assert any(link.startswith(office.letter) for link in clara.links())


def test_an_approval_is_taken_back_with_a_reason_by_who_gave_it(office: Office) -> None:
    page = office.approve(BEN).send(office.act("withdraw"), {"why": "the number is wrong"})

    assert "Your approval is taken back." in page.text
    assert "0 of 2" in page.text
    assert "Nobody approves it now." in page.text


def test_a_letter_that_changed_loses_its_approval_and_shows_what_changed(office: Office) -> None:
    office.approve(CLARA)
    page = Visitor(office.served, BEN).open(f"{office.letter}/edit?lang=zh")
    assert f"{CLARA} approved this text." in page.text
    field = next(name for name in page.form(office.act("edit")).fields if name.startswith(f"passage:{PLACE}"))
    before = page.form(office.act("edit")).fields[field].strip()
    page.send(office.act("edit"), {field: "另一种说法。"})

    assert "its approval no longer holds" in page.text
    assert f"{CLARA} approved an earlier text." in page.text
    gone = [one.text_content() for one in page.html.xpath("//del")]
    assert any(before[:10] in line for line in gone)
    assert any("另一种说法" in one.text_content() for one in page.html.xpath("//ins"))
    assert "made again by today's rules" not in page.text
    assert "Changed since they were approved" in page.open("/letters").text
    assert "changed since it was approved" in page.open(office.letters).text


def test_the_addressee_is_named_on_the_page_and_stands_in_the_letter(office: Office) -> None:
    page = office.at(BEN).send(office.act("address"), {"addressee": "The Office\n1 Long Street"})
    paper = page.html.xpath("//article[@id='paper']")[0].text_content()

    assert "The address is kept in the facts" in page.text
    assert "The Office" in paper
    assert "1 Long Street" in paper


def test_a_first_approval_holds_although_the_letter_names_the_minute_in_which_it_was_read(office: Office) -> None:
    page = Visitor(office.served, BEN).open(f"{office.letters}/eu-gdpr-33-authority?lang=en")
    minute = page.html.xpath("//article[@id='paper']")[0].text_content()
    office.served.time.wait(timedelta(minutes=20))
    action = f"{office.letters}/eu-gdpr-33-authority/approve?stage=initial&lang=en"
    page.send(action)

    assert "1 of 2" in page.text
    assert page.html.xpath("//article[@id='paper']")[0].text_content() == minute


def test_a_letter_that_was_read_two_days_ago_is_read_again_before_it_is_approved(office: Office) -> None:
    old = (office.served.time.now() - timedelta(hours=25)).isoformat()
    page = office.at(BEN).send(office.act("approve"), {"written_at": old}, status=409)

    assert "the letter was not read within the last day" in page.text


def test_sending_without_a_mail_server_is_refused_with_what_was_typed(office: Office) -> None:
    office.approve(BEN)
    office.approve(CLARA)
    page = office.at(BEN)
    known = page.form(office.act("send")).fields
    values = {"to": "office@authority.example"} | ({"although": "they asked for it"} if "although" in known else {})
    page.send(office.act("send"), values, status=400)

    assert page.form(office.act("send")).fields["to"] == "office@authority.example"
    assert page.html.xpath("//*[@role='alert']")


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


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("sent", "Your word that the mail server took it is in the ledger."),
        ("resend", "The mail server took the letter."),
    ],
)
def test_a_letter_in_doubt_is_settled_on_its_page_by_the_address_to_which_it_went(
    served: Served, monkeypatch: pytest.MonkeyPatch, known: str, said: str
) -> None:
    office, more = doubtful(served, monkeypatch)
    page = office.at(BEN)
    assert "nobody knows whether it was taken" in page.html.xpath("//h1")[0].text_content()
    wrong = {"known": known, "went_to": "other@authority.example", **more}
    page.send(office.act("settle"), wrong, status=409)
    assert page.form(office.act("settle")).fields["went_to"] == "other@authority.example"
    assert page.form(office.act("settle")).fields["known"] == known
    page.send(office.act("settle"), {**wrong, "went_to": "office@authority.example"})

    assert said in page.text
    assert not page.html.xpath("//*[@id='doubt']")
    assert page.html.xpath("//h1")[0].text_content().split()[-1] == "sent"


def test_a_letter_that_is_lost_once_more_stays_in_doubt(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    office, more = doubtful(served, monkeypatch)
    losing_mail(monkeypatch)
    page = office.at(BEN)
    page.send(office.act("settle"), {"known": "resend", "went_to": "office@authority.example", **more})

    assert "Nobody knows whether the mail server took the letter." in page.text
    assert page.html.xpath("//*[@id='doubt']//form")


def test_a_doubt_about_an_earlier_text_says_where_it_is_settled(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = doubtful(served, monkeypatch)
    page = office.at(BEN).send(office.act("address"), {"addressee": "Another office"})

    assert "It is an earlier text of this letter." in page.text
    assert not page.html.xpath("//*[@id='doubt']//form")


def test_the_letters_of_an_incident_say_for_each_how_far_it_is(office: Office) -> None:
    page = Visitor(office.served, BEN).open(office.letters)

    assert "Letters that the law demands" in page.text
    assert "facts are missing" in page.text
    assert any(link.startswith(office.letter) for link in page.links())
    assert any(link.startswith(f"{office.letters}/practice-finder") for link in page.links())


def test_a_mail_merge_that_ended_early_is_not_called_sent(office: Office) -> None:
    """Three of a hundred letters were taken, and then the command was killed."""
    subject, parts = Subject(covers=MERGE, duty="cn-pipl-57-individuals"), Parts(digests={"text": "1" * 64})
    content = approval_content(subject, parts, by=BEN, role="", written_at=START, head=None, letters=100)
    with office.served.wiring() as wiring:
        store, batch = wiring.store, parts.digest
        content["stage"] = wiring.duties().duty(subject.duty).phases[0].name
        store.append(office.incident, (Record(kind=APPROVED, occurred_at=exactly(START), content=content),))
        store.take_sending(office.incident)
        for key in "abc":
            one = Delivery(incident=office.incident, batch=batch, key=key, state=DeliveryState.IN_DOUBT, at=START)
            store.settle(replace(store.intend(replace(one, message_id=key)), state=DeliveryState.SENT))
        store.release_sending(office.incident)
    page = Visitor(office.served, BEN).open(office.letters)
    (row,) = page.html.xpath("//tr[td/a[contains(@href, '/cn-pipl-57-individuals')]]")

    assert "97 not handed over yet" in row.text_content()
    assert "not taken by the mail server" in row.text_content()


def test_the_fields_of_the_office_are_ready_to_select_and_copy(office: Office) -> None:
    page = Visitor(office.served, BEN).open(f"{office.letter}/form?lang=zh")

    fields = page.html.xpath("//textarea[@readonly]")
    assert len(fields) > 3
    assert all(page.html.xpath(f"//label[@for='{one.get('id')}']") for one in fields)


def test_a_letter_that_lacks_facts_says_which_and_leads_to_them(office: Office) -> None:
    page = Visitor(office.served, BEN).open(f"{office.letters}/practice-helpdesk")

    assert "The letter cannot be written yet" in page.text
    assert any("/facts?at=public_statement" in link for link in page.links())


def test_letters_to_people_name_the_commands_of_the_mail_merge(office: Office) -> None:
    page = Visitor(office.served, BEN).open(f"{office.letters}/cn-pipl-57-individuals")

    commands = [one.text_content() for one in page.html.xpath("//textarea[@readonly]")]
    assert any(one.startswith("leakguard notice letters") and office.incident in one for one in commands)


def test_the_pages_of_letters_are_in_chinese_too(office: Office) -> None:
    assert "批准本文" in office.at(BEN, language="zh").text
    for path in ("/letters", office.letters, f"{office.letter}/edit?lang=zh", f"{office.letter}/form"):
        assert "文书" in Visitor(office.served, BEN, language="zh").open(path).text


def test_the_timeline_names_the_letter_that_was_approved(office: Office) -> None:
    office.approve(BEN)
    page = Visitor(office.served, BEN).open(f"/incidents/{office.incident}/timeline")

    line = next(one for one in page.html.xpath("//ol[@class='line']/li") if "Letter approved" in one.text_content())
    said = " ".join(line.text_content().split())
    assert "letter " in said
    assert "first report" in said
    assert "stage initial" not in said
    assert "language Chinese" in said

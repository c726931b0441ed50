"""What speaks against sending, the filing behind it, the proof of it, and what came back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.mailing.approvals import LETTER, Proposal, Subject
from leakguard.mailing.pace import Pace
from leakguard.mailing.sealing import SENT
from leakguard.models.deliveries import DeliveryCounts, DeliveryState
from leakguard.models.mails import AnswerKind, Mailbox
from leakguard.models.sending import RunResult
from leakguard.notices.competence import Office as CompetentOffice
from leakguard.notices.competence import Reason, is_office
from leakguard.notices.office_shapes import Authority
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.letters.approve_notice import withdraw
from leakguard.use_cases.letters.find_offices import office_of
from leakguard.use_cases.letters.letter_versions import letter_to, refuse_other_channel, refuse_second_address
from leakguard.use_cases.letters.look_up_deliveries import batches_of, prove
from leakguard.use_cases.letters.record_bounces import record_bounces
from leakguard.use_cases.letters.send_notice import (
    SendOrder,
    file_if_complete,
    refuse_other_version,
    refuse_sent_before,
    refuse_unapproved,
    refuse_withdrawn,
    run_sending,
    why_not_filed,
)
from support.approved_letters import ID, PEOPLE, Office, approved, letter_office, send
from support.each import for_each
from support.ledgers import START
from support.letter_world import letter, letters, sender_of, world
from support.notices import CAC, GDPR_33, GDPR_34, NOW, book, facts_of, letter_of


@pytest.fixture
def office() -> Office:
    return letter_office()


@pytest.mark.parametrize(("people", "missing"), [((), "two people have"), (("A",), "one more person has")])
def test_nothing_is_sent_before_two_people_approve_it(office: Office, people: tuple[str, ...], missing: str) -> None:
    proposal = approved(office[0], "A")
    with pytest.raises(NotAllowed, match=missing):
        refuse_unapproved(replace(proposal, approvals=proposal.approvals[: len(people)]))

    refuse_unapproved(approved(office[0], "A", "B"))


@pytest.mark.parametrize(("again", "sent"), [(False, 2), (True, 4)])
def test_an_approval_that_is_taken_back_stops_a_sending_that_goes_on(office: Office, *, again: bool, sent: int) -> None:
    """The number in the letter was wrong, and all the others got it as well."""
    store, server = office
    proposal = approved(store, "A", "B")

    def taken_back(_: str) -> AnswerKind:
        if len(server.taken) == 1:
            withdraw(store, ID, proposal.digest, by="B", reason="the number is wrong", now=store.clock)
            if again:
                approved(store, "C")
        return AnswerKind.ACCEPTED

    server.script = taken_back
    pace = Pace(per_second=1, settle=0, first_wait=1, passes=3)
    sender = replace(sender_of(store, server, pace=pace), batch=proposal.digest)
    sender = replace(sender, leave=lambda: refuse_withdrawn(store, ID, proposal))
    result = run_sending(sender, letters(4), SendOrder(proposal=proposal), None, seal={"duty": GDPR_34})

    assert len(server.taken) == result.counts.of(DeliveryState.SENT) == sent
    assert ("was taken back while it was sent" in result.stopped) is not again
    assert [one.kind for one in store.read(ID)][-1] == SENT
    if not again:
        assert "incident timeline" in result.next_step


def test_another_version_of_a_letter_that_went_out_is_refused(office: Office) -> None:
    store, _ = office
    first, other = approved(store, "A", "B"), approved(store, "A", "B", text="2")
    somebody_else = approved(store, "A", "B", text="3", subject=replace(PEOPLE, stage="final"))
    stage_not_named = approved(store, "A", "B", text="4", subject=replace(PEOPLE, stage=""))
    refuse_other_version(store, tuple(store.read(ID)), other, ID)
    send(office, first)
    records = tuple(store.read(ID))

    refuse_other_version(store, records, first, ID)
    refuse_other_version(store, records, somebody_else, ID)
    for version in (other, stage_not_named):
        with pytest.raises(NotAllowed, match="went to 3 recipients"):
            refuse_other_version(store, records, version, ID)


def test_a_version_of_which_nothing_went_out_is_no_hindrance(office: Office) -> None:
    store, server = office
    first, other = approved(store, "A", "B"), approved(store, "A", "B", text="2")
    store.take_sending(ID)
    store.note(replace(sender_of(store, server)._delivery(letter(1)), batch=first.digest, state=DeliveryState.DEFERRED))  # noqa: SLF001  (a row)
    refuse_other_version(store, tuple(store.read(ID)), other, ID)


def filed(office: Office, proposal: Proposal, result: RunResult) -> str | None:
    order = SendOrder(proposal=proposal, by="A")
    event = file_if_complete(office[0], book(), ID, order, result, reference="letters 1", now=office[0].clock)
    return event.id if event is not None else None


def test_the_filing_is_recorded_once_when_every_letter_was_taken(office: Office) -> None:
    proposal = approved(office[0], "A", "B")
    result = send(office, proposal)
    first, second = filed(office, proposal, result), filed(office, proposal, result)
    (event,) = [one for one in load_incident(office[0], ID).events if one.kind == "filed"]

    assert (first, second) == (event.id, None)
    assert event.fields == {"obligation": GDPR_34, "stage": "initial", "reference": "letters 1", "by": "A"}


def test_no_filing_without_one_of_several_stages_or_while_somebody_is_not_told(office: Office) -> None:
    """An earlier release let people approve a letter that names no stage."""
    proposal = approved(office[0], "A", "B")
    result = send(office, proposal)
    of_any_stage = replace(proposal, subject=Subject(covers=LETTER, duty=CAC, lang="zh"))

    assert filed(office, of_any_stage, result) is None
    assert "names no stage" in why_not_filed(book(), SendOrder(proposal=of_any_stage), result)
    assert filed(office, proposal, replace(result, letters=4)) is None
    assert filed(office, proposal, replace(result, letters=0, counts=DeliveryCounts(by_state={}))) is None


def test_letters_that_were_approved_without_the_one_stage_of_their_duty_are_filed_under_it(office: Office) -> None:
    proposal = approved(office[0], "A", "B", subject=replace(PEOPLE, stage=""))
    filed(office, proposal, send(office, proposal))
    (event,) = [one for one in load_incident(office[0], ID).events if one.kind == "filed"]

    assert event.fields["stage"] == "initial"


def test_the_sending_of_one_letter_is_proved_from_the_ledger(office: Office) -> None:
    store, _ = office
    proposal = approved(store, "A", "B")
    send(office, proposal)
    proof = prove(store, ID, letter(1).message_id)

    assert proof.is_proved
    assert (proof.place, proof.size) == (1, 3)
    assert letter(1).message_id in proof.record
    assert [(one[0], one[1], one[2].of(DeliveryState.SENT)) for one in batches_of(store, ID)] == [
        (proposal.digest, PEOPLE, 3)
    ]
    for name in ("lg.unknown", ""):
        with pytest.raises(NotFound, match="Message-ID"):
            prove(store, ID, name)


def test_a_letter_that_was_not_sent_and_one_that_was_changed_have_no_proof(office: Office) -> None:
    store, server = office
    proposal = approved(store, "A", "B")
    send(office, proposal)
    key = (ID, proposal.digest, letter(1).key)
    store.rows[key] = replace(store.rows[key], queue_id="another")
    assert not prove(store, ID, letter(1).message_id).is_proved
    store.rows[key] = replace(store.rows[key], sealed=1)
    assert not prove(store, ID, letter(1).message_id).is_proved
    store.rows[key] = replace(store.rows[key], sealed=None)
    assert not prove(store, ID, letter(1).message_id).is_proved
    assert server.most_often == 1


def test_letters_that_came_back_are_recorded_once_and_late_ones_are_counted(office: Office) -> None:
    store, _ = office
    send(office, approved(store, "A", "B"))
    late = f"From a\nFrom: postmaster@x.example\n\n4.4.1 <{letter(0).message_id}>\n\n"
    lost = f"From a\nFrom: postmaster@x.example\n\n5.1.1 <{letter(1).message_id}> CANARY@mail.example\n\n"
    mbox = f"{late}{lost}From a\nFrom: person@mail.example\n\nthank you\n".encode()
    first = record_bounces(store, ID, io.BytesIO(mbox).readline, now=store.clock)
    second = record_bounces(store, ID, io.BytesIO(mbox).readline, now=store.clock)

    assert (first.messages, first.bounces, first.late) == (3, 2, 1)
    assert [(one.message_id, one.status) for one in first.new] == [(letter(1).message_id, "5.1.1")]
    assert second.new == ()
    assert [one.kind for one in store.read(ID)].count("letters_bounced") == 1
    assert not any("CANARY" in str(one.content) for one in store.read(ID))


@pytest.mark.parametrize(("duty", "is_refused"), [(GDPR_33, True), (CAC, False), (GDPR_34, False)])
def test_an_authority_that_wants_its_own_form_gets_no_mail(duty: str, *, is_refused: bool) -> None:
    if not is_refused:
        refuse_other_channel(book().duty(duty), None)
        return
    with pytest.raises(NotAllowed, match="not filed by e-mail but by: national online form"):
        refuse_other_channel(book().duty(duty), None)


def filed_by(**form: str) -> Authority:
    """An office that takes notices so."""
    return Authority.model_validate(
        {"id": "xx-office", "place": "XX", "names": {"en": "the office"}, "name_en": "the office", "name_zh": "办公室",
         "form": form, "source": {"kind": "own-knowledge", "on": date(2026, 11, 30)}}
    )  # fmt: skip


def without_channel() -> list[str]:
    """Every duty to an office that its law names, and of which the rule does not say how it is filed."""
    duties = (duty for duty in book().duties if duty.recipient.authority and not duty.channel)
    return [duty.id for duty in duties if is_office(duty.recipient)]


@for_each("duty", without_channel)
def test_an_office_with_a_web_form_gets_a_mail_only_although(duty: str) -> None:
    """A mail to a place where no notice is taken would end the clock of the duty."""
    notice, facts = book().duty(duty), facts_of()
    found = office_of(BundledFiles(), book(), facts, notice, NOW)
    assert found is not None
    forms = [one.form for one in found.authorities]
    takes_mail = [form.kind in {"e_mail", "not_known"} or form.email or "e-mail" in form.name for form in forms]
    if not forms or any(takes_mail):
        refuse_other_channel(notice, found)
        return
    with pytest.raises(NotAllowed, match="is not filed by e-mail but by: ") as refused:
        refuse_other_channel(notice, found)
    assert all(one.form.url in refused.value.message for one in found.authorities)


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        ([{"kind": "web_form", "name": "Report", "url": "https://x.example"}], "Report of the office (https://x.ex"),
        ([{"kind": "portal"}], "portal of the office"),
        ([{"kind": "paper"}], "notice on paper of the office"),
        ([{"kind": "portal", "name": "First"}, {"kind": "web_form", "name": "Other"}], "First of the office; Other of"),
        ([{"kind": "web_form", "name": "a form, note", "note": "more can follow by e-mail"}], "a form, note of the of"),
        ([{"kind": "web_form", "email": "breach@x.example"}], ""),
        ([{"kind": "paper", "name": "letter or e-mail"}], ""),
        ([{"kind": "e_mail"}], ""),
        ([{"kind": "not_known"}], ""),
        ([{"kind": "web_form"}, {"kind": "not_known"}], ""),
        ([], ""),
    ],
)
def test_how_the_office_takes_notices_decides_where_the_rule_does_not_say(
    forms: list[dict[str, str]], said: str
) -> None:
    notice = book().duty("ca-pipeda-10-1-opc")
    found = CompetentOffice(reason=Reason.EACH, authorities=tuple(filed_by(**form) for form in forms))
    if not said:
        refuse_other_channel(notice, found)
        return
    with pytest.raises(NotAllowed) as refused:
        refuse_other_channel(notice, found)
    assert f"{notice.id} is not filed by e-mail but by: {said}" in refused.value.message


@pytest.mark.parametrize("duty", ["uk-gdpr-33-ico", "us-ct-36a-701b-ag"])
def test_a_form_of_which_the_rest_may_follow_by_mail_is_no_mail(duty: str) -> None:
    with pytest.raises(NotAllowed, match=r"not filed by e-mail but by: .*online form"):
        refuse_other_channel(book().duty(duty), None)


class Plain:
    """Makes a document of a letter's title."""

    def make(self, letter: object) -> bytes:
        return str(getattr(letter, "title", "")).encode()


def test_one_letter_to_one_address() -> None:
    store, _ = world()
    open_incident(store, (), now=START, title="a search server")
    proposal = approved(store, "A", subject=Subject(covers=LETTER, duty=CAC, lang="zh"))
    drafted = letter_of(CAC, "zh", now=datetime(2026, 6, 12, 4, tzinfo=UTC))

    def to(address: str, *, pdf: bool = False) -> object:
        return letter_to(
            address, proposal, drafted, sender="University <lg@university.example>", makers=lambda _: Plain(), pdf=pdf
        )

    one = letter_to(
        " Office@Authority.Example ", proposal, drafted, sender="lg@university.example", makers=lambda _: Plain(),
        pdf=True,
    )  # fmt: skip
    with pytest.raises(UsageProblem):
        to("nobody")
    mail = one.mail()

    assert one.message_id.endswith("@university.example")
    assert mail.to == Mailbox(address="Office@authority.example")
    assert (mail.subject, mail.lang, len(mail.attachments)) == (drafted.title, "zh", 1)


def test_the_one_letter_does_not_go_to_a_second_address(office: Office) -> None:
    store, _ = office
    proposal = approved(store, "A", "B")
    send(office, proposal, count=1)
    refuse_second_address(store, ID, proposal.digest, letter(0).key)
    with pytest.raises(NotAllowed, match="to another address"):
        refuse_second_address(store, ID, proposal.digest, letter(1).key)


def test_a_second_sender_asks_again_once_it_holds_the_lock(office: Office) -> None:
    """Both ask while nothing went out; then one sends, and the other one waited for its lock."""
    store, server = office
    first, other = approved(store, "A", "B"), approved(store, "A", "B", text="2")
    for proposal in (first, other):
        refuse_sent_before(store, ID, proposal, key="")
    send(office, first)
    kept = len(store.kept)

    def check() -> None:
        assert store.sender
        refuse_sent_before(store, ID, other, key="")

    sender = replace(sender_of(store, server), batch=other.digest)
    with pytest.raises(NotAllowed, match="went to 3 recipients"):
        run_sending(sender, letters(3), SendOrder(proposal=other), None, seal={}, check=check)

    assert (len(server.taken), server.most_often) == (3, 1)
    assert (len(store.kept), store.sender) == (kept, {})

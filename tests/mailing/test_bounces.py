"""Letters that came back are found by their Message-ID, in notifications of the standard and in plain ones."""

from __future__ import annotations

import base64
import io
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.mailing.bounces import MOST_PARTS, UNKNOWN_FAILURE, bounce_in
from leakguard.mailing.mbox import MOST_IN_LINE, MOST_IN_MESSAGE, messages_in
from leakguard.models.deliveries import Bounce
from support.growth import takes_no_time

ID = f"lg.{'a' * 40}@university.example"


def report(
    action: str = "failed", status: str = "5.1.1", *, header: str = f"Message-ID: <{ID}>", envelope: str = ""
) -> bytes:
    """As Postfix and Exim write it."""
    return f"""From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: bounces@university.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

I'm sorry to have to inform you that <CANARY@mail.example> ...

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
{envelope}
Final-Recipient: rfc822; CANARY@mail.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 CANARY

--x
Content-Type: text/rfc822-headers

Subject: Notice
{header}

--x--
""".encode()


def test_a_notification_of_the_standard_names_the_letter_and_the_status() -> None:
    assert bounce_in(report()) == Bounce(message_id=ID, status="5.1.1", is_final=True)


def in_utf8(status: bytes, *, encoding: str = "8bit") -> bytes:
    """As Postfix reports a letter to an address beyond ASCII (RFC 6533)."""
    head, rest = report().split(b"Content-Type: message/delivery-status\n\n")
    _, letter = rest.split(b"\n--x\n", 1)
    kind = f"Content-Type: message/global-delivery-status\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    return head + kind + status + b"\n--x\n" + letter.replace(b"text/rfc822-headers", b"message/global-headers")


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize(("action", "is_final"), [("failed", True), ("delayed", False)])
def test_a_notification_about_a_name_beyond_ascii_is_read_too(encoding: str, action: str, *, is_final: bool) -> None:
    fields = (
        "Reporting-MTA: dns; mail.example\n\nFinal-Recipient: utf-8; jörg@mail.example\n"
        f"Action: {action}\nStatus: 5.1.1\n"
    ).encode()
    coded = {"8bit": fields, "base64": base64.encodebytes(fields), "quoted-printable": quopri.encodestring(fields)}

    assert bounce_in(in_utf8(coded[encoding], encoding=encoding)) == Bounce(
        message_id=ID, status="5.1.1", is_final=is_final
    )


@takes_no_time
@pytest.mark.parametrize("line", [";" * 600_000, "a=b;" * 150_000, "\n ;" * 200_000, "\r\n\t;" * 150_000], ids="abcd")
@pytest.mark.parametrize("before", ["", "Subject: a\r", 'Content-Type: multipart/mixed; boundary="x"\n\n--x\n'])
def test_a_type_with_parameters_without_end_holds_nobody_up(before: str, line: str) -> None:
    """Anybody may write to where bounces come back, and as often as they like."""
    content = f"From: mailer-daemon@mail.example\n{before}content-type: multipart/report; {line}\n\n<{ID}>\n"

    assert bounce_in(content.encode()) is None


def test_a_letter_that_is_only_late_is_not_lost() -> None:
    assert bounce_in(report("delayed", "4.4.1")) == Bounce(message_id=ID, status="4.4.1", is_final=False)
    assert bounce_in(report("delayed", "unknown")) == Bounce(message_id=ID, status="4.0.0", is_final=False)


@pytest.mark.parametrize(("action", "is_final"), [("FAILED (no such user)", True), ("Delayed (4.4.1 busy)", False)])
def test_a_notification_is_read_in_any_order_and_any_case(action: str, *, is_final: bool) -> None:
    """The fields may stand the other way round, and each may bear a comment behind its word (RFC 3464, 2.3)."""
    swapped = (
        report("ACTION", " 5.7.1 (said so) ").replace(b"Status:", b"STATUS:").replace(b"=delivery-s", b"=Delivery-S")
    )
    lines = swapped.replace(b"Action: ACTION\n", b"").replace(b"Diagnostic", f"ACTION: {action}\nDiagnostic".encode())

    assert bounce_in(lines) == Bounce(message_id=ID, status="5.7.1", is_final=is_final)


def test_the_status_is_the_one_of_its_own_field() -> None:
    assert bounce_in(report("failed (after 4.4.1)", "5.7.1")) == Bounce(message_id=ID, status="5.7.1", is_final=True)


def test_what_the_notification_tells_people_is_not_what_it_reports() -> None:
    told = report().replace(b"I'm sorry", b"Action: delayed\nStatus: 4.4.1\nI'm sorry")

    assert bounce_in(told) == Bounce(message_id=ID, status="5.1.1", is_final=True)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_a_letter_that_arrived_is_no_bounce(action: str) -> None:
    assert bounce_in(report(action)) is None


def test_a_status_that_says_nothing_is_unknown() -> None:
    found = bounce_in(report(status="nonsense"))

    assert found is not None
    assert found.status == UNKNOWN_FAILURE


def test_the_envelope_names_the_letter_where_its_header_is_not_returned() -> None:
    found = bounce_in(report(header="", envelope=f"Original-Envelope-Id: {ID}"))

    assert found is not None
    assert found.message_id == ID


def test_somebody_elses_letter_is_not_ours() -> None:
    assert bounce_in(report(header="Message-ID: <other@university.example>")) is None


def test_a_returned_message_names_itself() -> None:
    whole = (
        report(header="")
        .replace(b"text/rfc822-headers", b"message/rfc822")
        .replace(b"Subject: Notice\n", f"Subject: Notice\nMessage-ID: <{ID}>\n\nDear".encode())
    )
    found = bounce_in(whole)

    assert found is not None
    assert found.message_id == ID


def plain(body: str, *, headers: str = "From: postmaster@mail.example", encoding: str = "8bit") -> bytes:
    head = f"{headers}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + body.encode()


def test_a_plain_one_in_any_language_is_read_as_far_as_it_quotes_the_letter() -> None:
    said = f"很抱歉，您的邮件被退回来了。收件人不存在 550 5.1.1\nMessage-ID: <{ID}>"
    encoded = base64.b64encode(said.encode()).decode()

    assert bounce_in(plain(said)) == Bounce(message_id=ID, status="5.1.1", is_final=True)
    assert bounce_in(plain(encoded, encoding="base64")) == Bounce(message_id=ID, status="5.1.1", is_final=True)
    assert bounce_in(plain(f"later 4.2.2 <{ID}>")) == Bounce(message_id=ID, status="4.2.2", is_final=False)
    assert bounce_in(plain(f"退信 <{ID}>", headers="Return-Path: <>")) == Bounce(
        message_id=ID, status=UNKNOWN_FAILURE, is_final=True
    )


def test_a_robot_that_only_answers_to_the_letter_names_it_too() -> None:
    for header in ("In-Reply-To", "References"):
        found = bounce_in(plain("no", headers=f"Return-Path:  <> \nFrom: postmaster@a.example\n{header}: <{ID}>"))
        assert found is not None
        assert found.message_id == ID


@pytest.mark.parametrize(
    "headers",
    [
        "From: Person <person@mail.example>",
        "Return-Path: <>\nFrom: person@mail.example\nAuto-Submitted: auto-replied (vacation)",
        "Return-Path: <>\nFrom: person@mail.example\nAuto-Submitted: Auto-Replied",
    ],
)
def test_an_answer_of_a_person_or_of_a_holiday_is_no_bounce(headers: str) -> None:
    assert bounce_in(plain(f"<{ID}>", headers=headers)) is None


def test_a_robots_letter_about_something_else_is_none_of_ours() -> None:
    assert bounce_in(plain("your report")) is None


def test_only_so_many_parts_are_looked_at() -> None:
    many = b"".join(b"--x\nContent-Type: text/plain\n\nnothing\n" for _ in range(MOST_PARTS))
    head = b"From: postmaster@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"

    assert bounce_in(head + many + f"--x\nContent-Type: text/plain\n\n<{ID}>\n--x--\n".encode()) is None
    assert bounce_in(head + f"--x\nContent-Type: application/pdf\n\n<{ID}>\n--x--\n".encode()) is None


@given(st.binary(max_size=400))
def test_whatever_a_mailbox_holds_reading_it_ends_in_a_bounce_or_in_none(noise: bytes) -> None:
    for message in messages_in(io.BytesIO(noise).readline):
        found = bounce_in(message)
        assert found is None or found.message_id.startswith("lg.")


@given(
    st.integers(min_value=0, max_value=len(report()) - 1), st.binary(max_size=8), st.integers(min_value=0, max_value=40)
)
def test_a_broken_notification_says_less_but_never_breaks_the_reader(at: int, noise: bytes, cut: int) -> None:
    whole = report()
    found = bounce_in(whole[:at] + noise + whole[at + cut :])

    assert found is None or found.message_id.startswith("lg.")


def test_a_message_nested_a_thousand_times_is_left_alone() -> None:
    head = b"From: postmaster@x.example\nContent-Type: message/rfc822\n\n"

    assert bounce_in(head * 3000) is None


def split(content: bytes, *, most: int = 10) -> list[bytes]:
    return list(messages_in(io.BytesIO(content).readline, most=most))


def test_an_mbox_is_split_where_a_message_begins_behind_a_blank_line() -> None:
    found = split(b"From a Mon\nSubject: 1\nFrom here it goes on\n>From x\n\nFrom b Tue\r\nSubject: 2\n\nb\n")

    assert found == [b"Subject: 1\nFrom here it goes on\n>From x\n\n", b"Subject: 2\n\nb\n"]


def test_one_message_alone_is_one_message() -> None:
    assert split(b"Subject: 1\n\nbody") == [b"Subject: 1\n\nbody"]
    assert split(b"") == []


def test_no_more_messages_are_read_than_the_cap() -> None:
    assert len(split(b"From a\nx\n\n" * 20, most=3)) == 3


def test_a_message_that_is_too_long_is_cut_and_the_next_one_is_read() -> None:
    long = b"From a\n" + (b"y" * (MOST_IN_LINE - 1) + b"\n") * (MOST_IN_MESSAGE // MOST_IN_LINE + 3)
    first, second = split(long + b"\nFrom b\nz\n")

    assert len(first) == MOST_IN_MESSAGE
    assert second == b"z\n"

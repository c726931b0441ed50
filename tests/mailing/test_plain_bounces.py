"""Bounces in words, as Exim, qmail, Sendmail, Postfix and Exchange write them: lost or late, and with which status."""

from __future__ import annotations

import pytest

from leakguard.mailing.bounces import UNKNOWN_FAILURE, bounce_in
from leakguard.models.deliveries import Bounce

ID = f"lg.{'a' * 40}@university.example"
EXIM_LOST = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  CANARY@mail.example
    {reason}

------ This is a copy of the message, including all the headers. ------
"""
EXIM_LATE = """\
This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mail.example.

The address to which the message has not yet been delivered is:

  CANARY@mail.example
    {reason}

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered.
"""
QMAIL_LOST = """\
Hi. This is the qmail-send program at mail.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<CANARY@mail.example>:
{reason}

--- Below this line is a copy of the message.
"""
SENDMAIL_LATE = """\
    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- Transcript of session follows -----
{reason}
Warning: message still undelivered after 4 hours
Will keep trying until message is 5 days old
"""
POSTFIX_LATE = """\
This is the mail system at host mail.example.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

Your message could not be delivered for more than 4 hour(s).
It will be retried until it is 5 day(s) old.

{reason}
"""
EXCHANGE_LATE = """\
Delivery is delayed to these recipients or groups:

CANARY@mail.example

This message hasn't been delivered yet. Delivery will continue to be attempted.

{reason}
"""
RETURNED = f"""
Return-Path: <bounces@university.example>
Received: from out.university.example (Lotus Domino Release 5.0.8)
\tby mail.example with esmtps (Exim 4.94.2) (envelope-from <bounces@university.example>)
X-Mailman-Version: 2.1.5
Message-ID: <{ID}>

Dear Sir or Madam, Confluence 4.2.1 and 5.4.3 were attacked.
"""


POSTPONED = """\
Delivery of email to this address
"CANARY@mail.example"
has been postponed due to a full mailbox.
We will continue to try to deliver your message over the next few days.
{reason}
"""


def returned(words: str, *, reason: str = "", subject: str = "") -> Bounce | None:
    """What is read of a plain bounce that returns the letter with its header."""
    head = f"From: postmaster@mail.example\nReturn-Path: <>\nSubject: {subject}\n\n"
    return bounce_in((head + words.format(reason=reason) + RETURNED).encode())


@pytest.mark.parametrize("head", ["From: Mail Delivery System <Mailer-Daemon@x.example>", "X-Failed-Recipients: a@b.c"])
def test_a_bounce_that_calls_itself_an_answer_is_one(head: str) -> None:
    """Exim and Postfix wrote this header into their bounces; so does the answer of somebody who is away."""
    answer = "Return-Path: <>\nAuto-Submitted: auto-replied\n"
    said = EXIM_LOST.format(reason="550 5.1.1 no such user") + RETURNED

    assert bounce_in(f"{answer}{head}\n\n{said}".encode()) == Bounce(message_id=ID, status="5.1.1", is_final=True)
    assert bounce_in(f"{answer}From: postmaster@x.example\n\nI am away: <{ID}>".encode()) is None


def test_a_version_number_is_no_status() -> None:
    """Neither one of a server on the way nor one in our letter; subjects of a status end with 7 (RFC 3463, 3)."""
    lost = Bounce(message_id=ID, status=UNKNOWN_FAILURE, is_final=True)

    assert returned(EXIM_LOST, reason="Unrouteable address") == lost
    assert returned(QMAIL_LOST, reason="Sorry, no mailbox here by that name.") == lost
    assert bounce_in(f"Return-Path: <>\n\nExim 4.94.2 could not route it: <{ID}>".encode()) == lost


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_version_in_a_returned_part_is_no_status(kind: str) -> None:
    head = b"From: postmaster@x.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    said = b"--x\nContent-Type: text/plain\n\nno such user\n"
    letter = f"--x\nContent-Type: {kind}\n\nX-Mailer: Release 4.0.8\nMessage-ID: <{ID}>\n\n--x--\n".encode()

    assert bounce_in(head + said + letter) == Bounce(message_id=ID, status=UNKNOWN_FAILURE, is_final=True)


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("Sorry, no mailbox here by that name. vpopmail (#5.1.1)", "5.1.1"),
        ("553 5.1.1 unknown or illegal user:", "5.1.1"),
        ("550 5.7.1.", "5.7.1"),
        ("250 2.1.0 Sender ok\n550 5.1.1 User unknown", "5.1.1"),
    ],
)
def test_the_status_of_a_plain_one_is_what_the_server_said(reason: str, status: str) -> None:
    for words in (EXIM_LOST, QMAIL_LOST):
        assert returned(words, reason=reason) == Bounce(message_id=ID, status=status, is_final=True), words


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Warning: message 1kXyZa-0001Ab-Cd delayed 24 hours", EXIM_LATE),
        ("Warning: could not send message for past 4 hours", SENDMAIL_LATE),
        ("Delayed Mail (still being retried)", POSTFIX_LATE),
        ("Delivery delayed: Notice", EXCHANGE_LATE),
        ("Delivery Status Notification (Delay)", "{reason}"),
    ],
)
def test_a_plain_warning_of_a_delay_is_no_loss(subject: str, words: str) -> None:
    late = Bounce(message_id=ID, status="4.0.0", is_final=False)

    assert returned(words, reason="450 try later", subject=subject) == late
    assert returned("{reason}", subject=subject) == late
    assert returned(words, reason="451 4.7.1 try later", subject=subject) == Bounce(
        message_id=ID, status="4.7.1", is_final=False
    )


@pytest.mark.parametrize("words", [EXIM_LATE, SENDMAIL_LATE, POSTFIX_LATE, EXCHANGE_LATE, POSTPONED])
def test_the_words_of_a_delay_count_under_any_subject(words: str) -> None:
    assert returned(words, subject="Nachricht") == Bounce(message_id=ID, status="4.0.0", is_final=False)


def test_a_subject_of_ours_that_speaks_of_a_delay_delays_nothing() -> None:
    """Exchange puts our subject behind its own word, and MDaemon warns of what is lost."""
    for subject in ("Undeliverable: Delayed mail about a leak", "Warning: a@mail.example - User unknown!"):
        assert returned("no such user", subject=subject) == Bounce(message_id=ID, status=UNKNOWN_FAILURE, is_final=True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (EXIM_LOST, "host mail.example: 451 4.7.1 greylisted: retry timeout exceeded"),
        (QMAIL_LOST, "CNAME lookup failed temporarily. (#4.4.3)\nI'm not going to try again; too long in the queue."),
    ],
)
def test_a_server_that_gave_up_lost_the_letter_whatever_the_last_answer_was(words: str, reason: str) -> None:
    found = returned(words, reason=reason)

    assert found is not None
    assert found.status.startswith("4.")
    assert found.is_final


ABSENT = "I am out of the office until 24 August. In urgent cases, write to my colleague."


@pytest.mark.parametrize("kind", ["auto-generated", "auto-replied", "no"])
def test_the_automatic_reply_of_an_absent_person_is_no_bounce(kind: str) -> None:
    """Exchange sends it without a return path, and names the letter that it answers."""
    head = f"From: Ada <ada@mail.example>\nReturn-Path: <>\nAuto-Submitted: {kind}\nIn-Reply-To: <{ID}>\n\n"

    assert bounce_in((head + ABSENT).encode()) is None


def test_a_server_with_a_name_of_its_own_that_says_it_gave_up_lost_the_letter() -> None:
    head = f"From: Mail <mail@mail.example>\nReturn-Path: <>\nIn-Reply-To: <{ID}>\n\n"

    found = bounce_in((head + QMAIL_LOST.format(reason="No such user.")).encode())

    assert found == Bounce(message_id=ID, status=UNKNOWN_FAILURE, is_final=True)


@pytest.mark.parametrize("kind", ["disposition-notification", "feedback-report"])
def test_a_report_that_somebody_read_a_letter_or_complained_of_it_is_no_bounce(kind: str) -> None:
    head = (
        f"From: postmaster@mail.example\nReturn-Path: <>\nReferences: <{ID}>\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
    )
    body = (
        f"--b\nContent-Type: text/plain\n\nRead.\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <{ID}>\n\nx\n--b--\n"
    )

    assert bounce_in((head + body).encode()) is None

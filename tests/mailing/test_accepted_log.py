"""A mail server's log tells what the server took; the Message-ID alone is looked for."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.mailing.accepted_log import MOST_IN_LINE, NamedInLog, named_in
from leakguard.mailing.log_times import instant_at_head

ONE, OTHER = (f"lg.{n * 40}@university.example" for n in "ab")
HEAD = "2026-11-26T22:36:23.123456+00:00 mail"
CLEANUP = f"{HEAD} postfix/cleanup[77]: 4ABC12: message-id=<{ONE}>"
TAKEN = f"{HEAD} postfix/qmgr[78]: 4ABC12: from=<lg@university.example>, size=900, nrcpt=1 (queue active)"


def named(*lines: str, wanted: tuple[str, ...] = (ONE, OTHER)) -> NamedInLog:
    return named_in(io.BytesIO("\n".join(lines).encode()).readline, wanted)


def accepted(*lines: str, wanted: tuple[str, ...] = (ONE, OTHER)) -> set[str]:
    return set(named(*lines, wanted=wanted).taken)


@pytest.mark.parametrize(
    "line",
    [
        f"{HEAD} smtpd[1]: taken message-id=<{ONE}>",
        f"2026-11-26 22:36:23 1abcDE-000001-Ab <= lg@university.example H=(x) P=esmtps S=900 id={ONE}".replace(
            ONE, f"<{ONE}>"
        ),
        f"Nov 26 22:36:23 mail sendmail[9]: u4B1: from=<lg@university.example>, size=900, msgid=<{ONE}>",
    ],
)
def test_most_servers_name_what_they_took(line: str) -> None:
    assert accepted("something else", line) == {ONE}


def test_postfix_names_a_mail_before_it_has_taken_it() -> None:
    assert accepted(CLEANUP) == set()
    assert accepted(TAKEN) == set()
    assert accepted(CLEANUP, f"{HEAD} postfix/smtpd[9]: lost connection after DATA from x") == set()
    assert accepted(CLEANUP, TAKEN.replace("4ABC12", "4ABC13")) == set()
    assert accepted(CLEANUP, TAKEN) == {ONE}
    assert accepted(CLEANUP.replace("postfix/", "postfix-out/"), TAKEN.replace("postfix/", "postfix-out/")) == {ONE}


def test_a_queue_id_that_postfix_gives_to_another_mail_takes_nothing_of_ours() -> None:
    refused = f"{HEAD} postfix/cleanup[77]: 4ABC12: milter-reject: END-OF-MESSAGE from x: 5.7.1 no"
    other = CLEANUP.replace(ONE, "somebody@else.example")
    resent = other.replace("message-id", "resent-message-id")

    assert accepted(CLEANUP, refused, other, TAKEN) == set()
    assert accepted(CLEANUP, refused, CLEANUP.replace(ONE, ""), TAKEN) == set()
    assert accepted(CLEANUP, resent, TAKEN) == {ONE}


EXIM = f"2026-11-26 22:36:23 1abcDE-000001-Ab <= lg@university.example H=(x) [10.0.0.7] P=esmtps S=900 id={ONE}"
SENDMAIL = f"{HEAD} sm-mta[9]: 5AQMaN1x000123: from=<lg@university.example>, size=900, nrcpts=1, msgid=<{ONE}>"
SPAMD = f"{HEAD} spamd[7]: spamd: checking message <{ONE}> for nobody:65534"
RSPAMD = f"{HEAD} rspamd[7]: <a1b2c3>; task; rspamd_message_parse: loaded message; id: <{ONE}>; queue-id: <undef>"
AMAVIS = f"{HEAD} amavis[7]: (7-01) Blocked SPAM {{RejectedOutbound}}, <lg@university.example>, Message-ID: <{ONE}>"
HEADER = (
    f"{HEAD} postfix/cleanup[7]: 4ABC12: reject: header Message-ID: <{ONE}> from client.example[10.0.0.7]; "
    "from=<lg@university.example> to=<person@mail.example> proto=ESMTP helo=<client>: 5.7.1 no"
)


@pytest.mark.parametrize("line", [SPAMD, RSPAMD, AMAVIS, HEADER], ids=["spamd", "rspamd", "amavis", "postfix"])
def test_a_filter_that_looked_at_a_letter_did_not_take_it(line: str) -> None:
    assert accepted(line) == set()
    assert accepted(CLEANUP, line) == accepted(line, CLEANUP) == set()
    assert accepted(line, CLEANUP, TAKEN) == {ONE}
    for taken in (EXIM, SENDMAIL):
        assert accepted(line, taken) == (set() if line == HEADER else {ONE})


def test_in_a_log_of_postfix_only_its_own_words_count() -> None:
    """Wherever its first line stands, and whatever it calls itself."""
    assert accepted(f"{HEAD} lmtpd[3]: message-id=<{ONE}>", f"{HEAD} postfix/smtpd[9]: connect from x") == set()
    assert accepted(*(line.replace("postfix/", "mta-out/") for line in (CLEANUP,))) == set()
    assert accepted(*(line.replace("postfix/", "mta-out/") for line in (CLEANUP, TAKEN))) == {ONE}


@pytest.mark.parametrize(
    "said",
    [
        "Milter: data, reject=550 5.7.1 Blocked by SpamAssassin",
        "Milter: data, discard",
        "ruleset=check_eom, arg1=900, reject=554 5.7.1 no",
    ],
)
def test_what_sendmail_named_and_a_filter_then_refused_was_not_taken(said: str) -> None:
    """Sendmail notes the Message-ID when it has the text, and asks its filters about it afterwards."""
    other = f"{HEAD} sm-mta[9]: 5AQMaN1x000124: {said}"
    found = named(SENDMAIL, other.replace("124", "123"))

    assert (set(found.taken), set(found.unclear)) == (set(), {ONE})
    assert accepted(SENDMAIL, other) == {ONE}


def test_a_line_that_may_speak_of_a_refusal_is_neither_a_yes_nor_a_no() -> None:
    assert named(AMAVIS).unclear == named(EXIM.replace("H=(x)", 'H=(x) T="what we blocked"')).unclear == {ONE}
    assert named(SPAMD).unclear == named(RSPAMD).unclear == named(CLEANUP, HEADER).unclear == set()


def test_only_what_was_asked_for_is_found() -> None:
    assert accepted(f"<{OTHER}>", wanted=(ONE,)) == set()
    assert accepted("", wanted=()) == set()


def test_a_line_without_an_end_is_read_in_pieces() -> None:
    assert accepted("x" * (3 * MOST_IN_LINE) + "\n" + f"<{ONE}>") == {ONE}


@given(st.binary(max_size=300))
def test_whatever_stands_in_the_log_reading_it_ends(noise: bytes) -> None:
    found = named_in(io.BytesIO(noise + f"\n<{ONE}>\n".encode()).readline, (ONE,))

    assert found.taken | found.unclear <= {ONE}
    assert not found.taken & found.unclear


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2026-11-26T22:36:23+01:00 mail x", datetime(2026, 11, 26, 21, 36, 23, tzinfo=UTC)),
        ("2026-11-26T22:36:23Z x", datetime(2026, 11, 26, 22, 36, 23, tzinfo=UTC)),
        ("2026-11-26T22:36:23 x", None),
        ("0001-01-01T00:00:00+14:00 x", None),
        ("9999-12-31T23:59:59-14:00 x", None),
        ("Nov 26 22:36:23 mail x", None),
        ("", None),
    ],
)
def test_a_local_time_that_nobody_can_place_is_none(line: str, moment: datetime | None) -> None:
    assert instant_at_head(line) == moment

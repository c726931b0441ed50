"""A mail server's log tells what the server took; the Message-ID alone is looked for."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.mailing.accepted_log import MOST_IN_LINE, accepted_in
from leakguard.mailing.log_times import instant_at_head

ONE, OTHER = (f"lg.{n * 40}@university.example" for n in "ab")
HEAD = "2026-11-26T22:36:23.123456+00:00 mail"
CLEANUP = f"{HEAD} postfix/cleanup[77]: 4ABC12: message-id=<{ONE}>"
TAKEN = f"{HEAD} postfix/qmgr[78]: 4ABC12: from=<lg@university.example>, size=900, nrcpt=1 (queue active)"


def accepted(*lines: str, wanted: tuple[str, ...] = (ONE, OTHER)) -> set[str]:
    return set(accepted_in(io.BytesIO("\n".join(lines).encode()).readline, wanted))


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


def test_only_what_was_asked_for_is_found() -> None:
    assert accepted(f"<{OTHER}>", wanted=(ONE,)) == set()
    assert accepted("", wanted=()) == set()


def test_a_line_without_an_end_is_read_in_pieces() -> None:
    assert accepted("x" * (3 * MOST_IN_LINE) + "\n" + f"<{ONE}>") == {ONE}


@given(st.binary(max_size=300))
def test_whatever_stands_in_the_log_reading_it_ends(noise: bytes) -> None:
    found = accepted_in(io.BytesIO(noise + f"\n<{ONE}>\n".encode()).readline, (ONE,))

    assert found <= {ONE}


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("2026-11-26T22:36:23+01:00 mail x", datetime(2026, 11, 26, 21, 36, 23, tzinfo=UTC)),
        ("2026-11-26T22:36:23Z x", datetime(2026, 11, 26, 22, 36, 23, tzinfo=UTC)),
        ("2026-11-26T22:36:23 x", None),
        ("Nov 26 22:36:23 mail x", None),
        ("", None),
    ],
)
def test_a_local_time_that_nobody_can_place_is_none(line: str, moment: datetime | None) -> None:
    assert instant_at_head(line) == moment

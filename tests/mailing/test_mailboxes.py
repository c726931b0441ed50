"""Where a mail may go: addresses that every server reads the same, and never an account whose log-in leaked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.mailing.mailboxes import LEAKED, OWN_ACCOUNT, domain_of, is_own, mailbox_of, reason_against
from leakguard.models.mails import Mailbox

OWN = ("university.example",)


@pytest.mark.parametrize(
    ("address", "sent_to", "needs_utf8"),
    [
        ("a.b+c@mail.example", "a.b+c@mail.example", False),
        ("  A@MAIL.Example ", "A@mail.example", False),
        ("a@bücher.example", "a@xn--bcher-kva.example", False),
        ("a@straße.example", "a@xn--strae-oqa.example", False),
        ("a@例え.example", "a@xn--r8jz45g.example", False),
        ("müller@bücher.example", "müller@xn--bcher-kva.example", True),
        ("用户@例子.example", "用户@xn--fsqu00a.example", True),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example", False),
        (f"{'a' * 64}@b.example", f"{'a' * 64}@b.example", False),
        (f"a@{'.'.join(['b' * 48] * 5)}.example", f"a@{'.'.join(['b' * 48] * 5)}.example", False),
    ],
)
def test_an_address_is_written_as_mail_servers_have_it(address: str, sent_to: str, *, needs_utf8: bool) -> None:
    box = mailbox_of(address, "Jörg\r\nBcc: x@y.example")

    assert isinstance(box, Mailbox)
    assert (box.address, box.needs_utf8) == (sent_to, needs_utf8)
    assert "\n" not in box.name
    assert "mail.example" not in repr(box)


@pytest.mark.parametrize(
    "address",
    [
        "", "nobody", "@mail.example", "a@", "a@b", "a@-b.example", "a@b..example", ".a@b.example", "a..b@b.example",
        "a b@b.example", "a@b.example\nBcc: c@d.example", '"a b"@b.example', "a@[127.0.0.1]", "a@127.0.0.1",
        f"{'a' * 65}@b.example", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.example",
        f"{'ü' * 40}@b.example", "a\u202e@b.example", "ü\u202e@b.example", "ü ü@b.example", "a@\u2024.example",
        f"a@b{'.'.join(['b' * 48] * 5)}.example",
        f"a@{'ü' * 64}.example", "a,b@c.example", "ü,b@c.example", "<a@b.example>", "a@b.example, c@d.example",
    ],
)  # fmt: skip
def test_what_is_no_address_has_a_reason_that_does_not_repeat_it(address: str) -> None:
    reason = mailbox_of(address)

    assert isinstance(reason, str)
    assert reason.startswith(("the address", "the domain", "the part"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_address_brings_a_line_break_or_a_second_recipient(local: str, domain: str) -> None:
    box = mailbox_of(f"{local}@{domain}")

    assert isinstance(box, str) or not set('\r\n <>,;:"()[]\\') & set(box.address)
    assert isinstance(box, str) or box.address.count("@") == 1


@pytest.mark.parametrize("sign", ["\x85", "\u202e", "\ue000", "\u0378", "\u2028", "\u2029", "\u3000"])
def test_a_sign_that_nobody_sees_or_that_turns_the_line_round_is_in_no_address(sign: str) -> None:
    assert isinstance(mailbox_of(f"ü{sign}ü@b.example"), str)


def test_a_name_is_one_line_of_signs_that_can_be_seen_and_not_too_long() -> None:
    named = mailbox_of("a@b.example", "Ann\x00Bo\u202eLi\r\n" + "x" * 300)

    assert isinstance(named, Mailbox)
    assert named.name == "Ann Bo Li " + "x" * 190


def against(**changes: object) -> str:
    given: dict[str, object] = {
        "is_account_leaked": False, "data": ("contact.email",), "jurisdiction": "DE", "domain": "mail.example",
        "own_domains": OWN,
    }  # fmt: skip
    return reason_against(**{**given, **changes})  # type: ignore[arg-type]


def test_an_account_whose_log_in_leaked_gets_no_mail_wherever_its_owner_lives() -> None:
    assert against(is_account_leaked=True) == LEAKED


@pytest.mark.parametrize(
    ("jurisdiction", "data", "domain", "is_refused"),
    [
        ("US-CA", "credentials", "university.example", True),
        ("US-CA", "credentials.password", "stu.university.example", True),
        ("US-CA", "credentials", "mail.example", False),
        ("US-CA", "contact.email", "university.example", False),
        ("US-NY", "credentials", "university.example", False),
        ("CA", "credentials", "university.example", False),
        ("US-CA-SF", "credentials", "university.example", True),
        ("US-CAX", "credentials", "university.example", False),
    ],
)
def test_california_keeps_us_from_writing_to_accounts_of_ours_whose_log_ins_leaked(
    jurisdiction: str, data: str, domain: str, *, is_refused: bool
) -> None:
    found = against(jurisdiction=jurisdiction, data=("contact.phone", data), domain=domain)

    assert found == (OWN_ACCOUNT if is_refused else "")


def test_a_domain_is_ours_when_it_lies_below_or_above_one_of_ours() -> None:
    assert is_own("STU.University.example.", OWN)
    assert is_own("university.example", ("mail.university.example",))
    assert not is_own("notuniversity.example", OWN)
    assert not is_own("example", OWN)
    assert is_own("stu.xn--mnchen-3ya.example", ("München.example",))
    assert is_own("MÜNCHEN.example.", ("xn--mnchen-3ya.example",))
    assert not is_own("xn--bcher-kva.example", ("münchen.example",))
    assert is_own("university.example", ("", "University.Example."))
    assert not is_own("mail.example", ("",))
    assert not is_own("mail.example.", ("",))
    assert domain_of("a@B.example") == "b.example"

"""How a report goes on, what is owed of it and when, what is answered, and when it is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization.pkcs7 import pkcs7_decrypt_der
from cryptography.x509 import load_pem_x509_certificate

from leakguard.errors import BadFile, NotAllowed, NotFound
from leakguard.intake.letters import House, acknowledgement, language_of, load_letters, soonest, thanks
from leakguard.intake.naming import named_in
from leakguard.intake.promises import dues_of, erase_by, kept_until, load_promises
from leakguard.intake.reading import read_mail
from leakguard.intake.sealed_files import SealedTo
from leakguard.intake.settings import mailbox_problem, report_settings
from leakguard.intake.states import ACTS, KINDS, NEXT, ORDER, Act, ReportState, Verdict, advance
from leakguard.intake.view import HANDED_OVER, TEXT_FILE, THANKED, Report, received_records, report_of
from leakguard.ledger.custody import NewEvidence, new_evidence_record
from leakguard.ledger.entries import Entry
from leakguard.ledger.erasure import erasure_of
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from support.certificates import rsa_pair, server_context
from support.each import for_each

FOLDER = Path(__file__).parents[2] / "intake"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml")}
PROMISES, LETTERS = load_promises(TEXTS), load_letters(TEXTS)
HOUSE = House(organisation="Example University", contact="security@example.edu", zone="Asia/Shanghai")
START = datetime(2026, 6, 1, 2, tzinfo=UTC)
MAIL = b"From: Zo <f@example.org>\r\nSubject: open\r\n\r\nhttp://192.0.2.7:9200/ is open"


def kept(records: Sequence[Record]) -> list[KeptRecord]:
    return [
        KeptRecord(
            sequence=number, subject="RP-2026-0001", kind=one.kind, occurred_at=one.occurred_at,
            recorded_at=one.occurred_at.latest, content=one.content, hash="0" * 64,
        )
        for number, one in enumerate(records, start=1)
    ]  # fmt: skip


def record(kind: str, *, day: int = 1, **content: object) -> Record:
    at = START + timedelta(days=day)
    return Record(kind=kind, occurred_at=Interval(earliest=at, latest=at), content=content)


def act(name: Act, *, day: int = 1, **content: object) -> Record:
    return record(KINDS[name], day=day, **content)


def received(data: bytes = MAIL) -> list[Record]:
    message = read_mail(data, name="m")
    return received_records(message, named_in(message.text), at=START, duplicate_of="")


def report(*more: Record, data: bytes = MAIL) -> Report:
    return report_of("RP-2026-0001", kept([*received(data), *more]))


def test_every_pair_of_state_and_act_leads_somewhere_or_is_refused_with_what_can_be_done() -> None:
    for state in ReportState:
        for one in Act:
            if one in NEXT[state]:
                assert advance(state, one) in ReportState
                continue
            with pytest.raises(NotAllowed) as refused:
                advance(state, one)
            assert all(possible in refused.value.next_step for possible in NEXT[state])


def test_each_act_has_a_kind_and_each_state_a_place_in_the_order() -> None:
    assert set(ACTS.values()) == set(Act)
    assert set(ORDER) == set(ReportState)


def test_a_report_is_what_its_entries_tell() -> None:
    text = NewEvidence(name=TEXT_FILE, sha256="a" * 64, size=5, by="Ada", has_copy=True)
    other = NewEvidence(name="dump.zip.p7m", sha256="b" * 64, size=5, by="Ada", has_copy=True)
    at = Interval(earliest=START, latest=START)

    found = report(
        new_evidence_record(text, at=at), new_evidence_record(other, at=at), act(Act.ACKNOWLEDGE, day=2),
        act(Act.TRIAGE, day=3, verdict="valid", findings=["F-1"]), record(HANDED_OVER, incident="IR-2026-0001"),
        act(Act.VERIFY, day=4), record(THANKED, day=5), record("evidence_sealed"),
    )  # fmt: skip

    assert (found.state, found.verdict, found.findings) == (ReportState.VERIFIED, Verdict.VALID, ("F-1",))
    assert (found.evidence, found.text_sha256) == (("EV-3", "EV-4"), "a" * 64)
    assert (found.name, found.address, found.sender_entry) == ("Zo", "f@example.org", 2)
    assert found.incident == "IR-2026-0001"
    assert found.thanked_at == START + timedelta(days=5)
    assert found.reached[ReportState.ACKNOWLEDGED] == START + timedelta(days=2)
    assert found.places == {"192.0.2.7:9200"}


def test_an_act_that_makes_no_sense_there_changes_nothing_and_no_entries_are_no_report() -> None:
    assert report(act(Act.DISCLOSE)).state is ReportState.RECEIVED
    with pytest.raises(NotFound, match="no report"):
        report_of("RP-2026-0001", kept([act(Act.CLOSE)]))


def test_a_late_acknowledgement_of_a_triaged_report_is_one_and_the_state_stays() -> None:
    found = report(act(Act.TRIAGE, verdict="nonsense"), act(Act.ACKNOWLEDGE, day=2))

    assert (found.state, found.verdict) == (ReportState.TRIAGED, None)
    assert ReportState.ACKNOWLEDGED in found.reached


def test_the_last_end_counts_and_none_while_it_is_open_again() -> None:
    again = report(act(Act.CLOSE, day=1), act(Act.REOPEN, day=2))
    assert again.is_open
    assert erase_by(again, PROMISES.retention) is None

    closed = report(act(Act.CLOSE, day=1), act(Act.REOPEN, day=2), act(Act.CLOSE, day=200))
    assert closed.reached[ReportState.CLOSED] == START + timedelta(days=200)
    assert erase_by(closed, PROMISES.retention) == datetime(2027, 6, 18, 2, tzinfo=UTC)


AGAIN = {
    "found open again": (act(Act.TRIAGE, day=40, verdict="valid"),),
    "opened again": (act(Act.DISCLOSE, day=7), act(Act.CLOSE, day=8), act(Act.REOPEN, day=40)),
}


@for_each("again", sorted(AGAIN))
def test_a_report_that_is_open_again_is_not_called_closed_and_its_promises_run_again(again: str) -> None:
    repaired = (act(Act.TRIAGE, verdict="valid"), act(Act.FIX, day=5), act(Act.VERIFY, day=6))
    found = report(*repaired, *AGAIN[again])
    due = {one.until: one.state for one in dues_of(found, PROMISES, now=START + timedelta(days=10), zone=HOUSE.zone)}

    assert found.state is ReportState.TRIAGED
    assert LETTERS.results.valid.en in thanks(found, LETTERS, HOUSE, "en").text
    assert (due[ReportState.TRIAGED], due[ReportState.FIXED], due[ReportState.VERIFIED]) == (
        "kept", "running", "running",
    )  # fmt: skip

    repaired_again = report(*repaired, *AGAIN[again], act(Act.VERIFY, day=41))
    assert repaired_again.reached[ReportState.VERIFIED] == START + timedelta(days=41)
    assert LETTERS.results.verified.en in thanks(repaired_again, LETTERS, HOUSE, "en").text


def test_what_was_erased_reads_on_as_a_report_without_words() -> None:
    def bare(one: KeptRecord) -> KeptRecord:
        from leakguard.ledger.canonical import canonical, from_canonical  # noqa: PLC0415  (used here alone)

        entry = Entry(
            sequence=one.sequence, subject=one.subject, kind=one.kind, occurred_earliest="", occurred_latest="",
            recorded_at="", flags="", content_sha256="", previous="", content=canonical(dict(one.content)),
        )  # fmt: skip
        return KeptRecord(
            sequence=one.sequence, subject=one.subject, kind=one.kind, occurred_at=one.occurred_at,
            recorded_at=one.recorded_at, content=from_canonical(erasure_of(entry).tombstone), hash=one.hash,
        )  # fmt: skip

    found = report_of("RP-2026-0001", [bare(one) for one in kept([*received(), act(Act.CLOSE)])])

    assert found.is_erased
    assert (found.subject, found.name, found.address, found.sender_entry) == ("", "", "", None)
    assert found.state is ReportState.CLOSED


@for_each(
    "acts, days, states",
    [
        ((), 1, {"acknowledged": "running", "fixed": "running"}),
        ((), 8, {"acknowledged": "overdue", "fixed": "running"}),
        ((act(Act.ACKNOWLEDGE, day=7),), 40, {"acknowledged": "kept", "fixed": "overdue"}),
        ((act(Act.ACKNOWLEDGE, day=8),), 40, {"acknowledged": "kept_late"}),
        ((act(Act.TRIAGE, verdict="valid"), act(Act.VERIFY, day=5)), 9,
         {"acknowledged": "overdue", "triaged": "kept", "fixed": "kept", "verified": "kept", "disclosed": "running"}),
        ((act(Act.TRIAGE, verdict="out_of_scope"),), 60, {"acknowledged": "overdue", "fixed": "not_needed"}),
        ((act(Act.TRIAGE, verdict="spam"),), 60, {"acknowledged": "not_needed", "triaged": "kept"}),
        ((act(Act.CLOSE),), 60, {"acknowledged": "not_needed", "fixed": "not_needed"}),
    ],
)  # fmt: skip
def test_each_promise_stands_as_its_days_and_the_report_tell(
    acts: tuple[Record, ...], days: int, states: dict[str, str]
) -> None:
    dues = dues_of(report(*acts), PROMISES, now=START + timedelta(days=days), zone=HOUSE.zone)

    assert {one.until.value: one.state for one in dues if one.until.value in states} == states


def test_a_promise_ends_with_its_last_local_day_and_the_soonest_is_named_first() -> None:
    dues = dues_of(report(), PROMISES, now=START, zone="Asia/Shanghai")
    first = soonest(dues)

    assert first is not None
    assert first.until is ReportState.ACKNOWLEDGED
    assert first.at == datetime(2026, 6, 8, 15, 59, 59, 999_999, tzinfo=UTC)
    assert soonest(()) is None


def test_nothing_is_owed_to_a_machine() -> None:
    dues = dues_of(report(data=b"Precedence: bulk\r\n" + MAIL), PROMISES, now=START, zone="UTC")

    assert {one.state for one in dues} == {"not_needed"}


def test_a_report_is_kept_for_six_months_from_its_arrival_at_least() -> None:
    assert kept_until(report(), PROMISES.retention) == datetime(2026, 12, 1, 2, tzinfo=UTC)


@for_each(
    "lang, words", [("en", ("Dear Zo", "1 June 2026", "within 30 days")), ("zh", ("Zo：", "2026年6月1日", "30 日内"))]
)
def test_an_acknowledgement_says_number_day_and_promises(lang: str, words: tuple[str, ...]) -> None:
    answer = acknowledgement(report(), LETTERS, PROMISES, HOUSE, lang)

    assert "RP-2026-0001" in answer.subject
    assert all(word in answer.text for word in (*words, HOUSE.organisation, HOUSE.contact))
    assert "{" not in answer.text + answer.subject


@for_each("lang", ["en", "zh"])
@for_each(
    "acts, result",
    [
        ((act(Act.TRIAGE, verdict="valid"),), "valid"), ((act(Act.TRIAGE, verdict="valid"), act(Act.FIX)), "fixed"),
        ((act(Act.TRIAGE, verdict="valid"), act(Act.VERIFY)), "verified"),
        ((act(Act.TRIAGE, verdict="duplicate", duplicate_of="RP-2026-0009"),), "duplicate"),
        ((act(Act.TRIAGE, verdict="out_of_scope"),), "out_of_scope"),
        ((act(Act.TRIAGE, verdict="not_reproducible"),), "not_reproducible"),
    ],
)  # fmt: skip
def test_thanks_say_how_it_ended_and_claim_a_closure_only_where_one_is_recorded(
    acts: tuple[Record, ...], result: str, lang: str
) -> None:
    answer = thanks(report(*acts), LETTERS, HOUSE, lang)

    assert getattr(getattr(LETTERS.results, result), lang) in answer.text


@for_each(
    "acts, data",
    [
        ((), MAIL),
        ((act(Act.TRIAGE, verdict="spam"),), MAIL),
        ((act(Act.TRIAGE, verdict="valid"),), b"List-Id: x\r\n" + MAIL),
    ],
)
def test_nobody_is_thanked_before_triage_for_spam_or_as_a_machine(acts: tuple[Record, ...], data: bytes) -> None:
    with pytest.raises(NotAllowed):
        thanks(report(*acts, data=data), LETTERS, HOUSE, "en")


def test_a_name_with_braces_is_put_in_and_never_read_as_a_field() -> None:
    answer = acknowledgement(report(data=b"From: {contact} <f@example.org>\r\n\r\nx"), LETTERS, PROMISES, HOUSE, "en")

    assert "Dear {contact}," in answer.text


def test_a_report_without_a_name_is_answered_without_one() -> None:
    assert "Dear reader" in acknowledgement(report(data=b"From: x\r\n\r\nx"), LETTERS, PROMISES, HOUSE, "en").text


@for_each("text, lang", [("your store is open", "en"), ("贵校的数据库无需登录即可访问", "zh"), ("数据", "en")])
def test_the_language_is_that_of_the_report(text: str, lang: str) -> None:
    assert language_of(text) == lang


@for_each(
    "table, where",
    [
        ({"imp": []}, "reports.imp"),
        ({"imap": "x"}, "reports.imap"),
        ({"imap": ["imap://u@h/"]}, "reports.imap"),
        ({"contact": 5}, "reports.contact"),
        ({"password_env": "a b"}, "reports.password_env"),
        ({"promises": 5}, "reports.promises"),
        ({"promises": {"fixd": 3}}, "reports.promises.fixd"),
        ({"promises": {"fixed": 0}}, "reports.promises.fixed"),
        ({"promises": {"fixed": True}}, "reports.promises.fixed"),
        ({"keep_months": 0}, "reports.keep_months"),
        ({"private": [5]}, "reports.private"),
    ],
)
def test_a_wrong_setting_is_named(table: dict[str, object], where: str) -> None:
    with pytest.raises(BadFile) as refused:
        report_settings(table, name="leakguard.toml")

    assert [one.where for one in refused.value.problems] == [where]


def test_the_settings_are_read() -> None:
    table = {
        "imap": ["imaps://r@mail.example.edu/INBOX"],
        "private": ["127.0.0.1"],
        "password_env": "P",
        "contact": "c",
        "promises": {"fixed": 9},
        "keep_months": 9,
    }
    found = report_settings(table, name="leakguard.toml")

    assert (found.imap, found.private, found.password_env) == (
        ("imaps://r@mail.example.edu/INBOX",),
        ("127.0.0.1",),
        "P",
    )
    assert (found.promises, found.keep_months, found.contact) == ({"fixed": 9}, 9, "c")
    assert report_settings({}, name="x").password_env == "LEAKGUARD_REPORTS_PASSWORD"


@for_each(
    "url, said",
    [
        ("imaps://u@h/INBOX", ""),
        ("imaps://u@h:1993", ""),
        ("imap://u@h/", "imaps://"),
        ("imaps://u:p@h/", "password"),
        ("imaps://h/", "user and the host"),
        ("imaps://u@h:0/", "user and the host"),
        ("imaps://u@h:x/", "no URL"),
        ("imaps://u@h/?a", "query"),
        ("imaps://u@h/#a", "fragment"),
    ],
)
def test_the_url_of_a_mailbox_has_a_user_a_host_and_no_password(url: str, said: str) -> None:
    assert said in mailbox_problem(url)
    assert bool(said) == bool(mailbox_problem(url))


def test_nothing_is_sealed_to_what_is_no_certificate_of_a_strong_key() -> None:
    with pytest.raises(BadFile, match="no certificate in PEM"):
        SealedTo(b"nonsense", name="x.pem")


def test_what_is_sealed_opens_with_the_key_and_with_nothing_here() -> None:
    key, pem = rsa_pair()
    sealed = SealedTo(pem, name="reports.pem").seal(b"CANARY-leaked")

    assert b"CANARY" not in sealed
    opened = pkcs7_decrypt_der(sealed, load_pem_x509_certificate(pem), key, [])
    assert opened == b"CANARY-leaked"


def test_a_key_that_is_no_rsa_key_is_refused(tmp_path: Path) -> None:
    server_context(tmp_path)
    with pytest.raises(BadFile, match="RSA of 2,048 bits"):
        SealedTo((tmp_path / "cert.pem").read_bytes(), name="x.pem")

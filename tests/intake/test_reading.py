"""Mails and forms from strangers, read within bounds: what is said, who seems to say it, and what came with it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.intake import mail_parts
from leakguard.intake.mail_parts import MOST_DEPTH, MOST_FIELDS, MOST_HEAD, MOST_PARTS, split_mail
from leakguard.intake.messages import MOST_SUBJECT, MOST_TEXT
from leakguard.intake.reading import mails_in, read_mail, read_message, words_of_page
from support.each import for_each

PLAIN = b"From: F <f@example.org>\r\nSubject: open\r\nMessage-ID: <1@example.org>\r\n\r\nhello\r\n"


def mail(*fields: str, body: bytes = b"hello") -> bytes:
    return "\r\n".join(("From: f@example.org", *fields)).encode() + b"\r\n\r\n" + body


EMPTY = b'Content-Type: multipart/mixed; boundary="e"\r\n\r\n'
"""A part of parts that has none."""


def multipart(*parts: bytes, boundary: str = "b", kind: str = "mixed") -> bytes:
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return mail(f'Content-Type: multipart/{kind}; boundary="{boundary}"', body=body)


def nested(depth: int) -> bytes:
    """So many levels around one text."""
    inner = b"Content-Type: text/plain\r\n\r\ndeep"
    for level in range(depth):
        mark = f"--m{level}".encode()
        inner = (
            f'Content-Type: multipart/mixed; boundary="m{level}"\r\n\r\n'.encode()
            + mark
            + b"\r\n"
            + inner
            + b"\r\n"
            + mark
            + b"--"
        )
    return b"From: f@example.org\r\n" + inner


def test_a_plain_mail_is_its_text_and_its_sender() -> None:
    found = read_mail(PLAIN, name="mail.eml")

    assert (found.text, found.subject, found.channel) == ("hello", "open", "mail")
    assert (found.sender.name, found.sender.address, found.sender.is_known) == ("F", "f@example.org", True)
    assert found.sha256 == hashlib.sha256(PLAIN).hexdigest()
    assert found.message_mark == hashlib.sha256(b"<1@example.org>").hexdigest()
    assert (found.machine, found.remarks, found.enclosed) == ("", (), ())


def test_neither_sender_nor_words_stand_in_what_is_logged_of_a_message() -> None:
    shown = repr(read_mail(PLAIN, name="mail.eml"))

    assert "f@example.org" not in shown
    assert "hello" not in shown


def test_an_attachment_is_its_name_its_size_and_its_hash() -> None:
    data = multipart(
        b"Content-Type: text/plain; charset=gbk\r\n\r\n" + "数据库公开".encode("gbk"),
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''%E6%95%B0/..%2Fdump.zip\r\n\r\n"
        + base64.b64encode(b"abcd"),
    )

    found = read_mail(data, name="mail.eml")
    (one,) = found.enclosed

    assert found.text == "数据库公开"
    assert (one.name, one.size, one.sha256) == ("数_.._dump.zip", 4, hashlib.sha256(b"abcd").hexdigest())


@for_each(
    "encoding, body, meant",
    [
        ("base64", b"aGVsbG8", b"hello"),
        ("base64", b"aGVs bG8h\n!", b"hello!"),
        ("base64", b"aGVsb", b"hel"),
        ("quoted-printable", b"h=65llo=\r\n there", b"hello there"),
        ("8bit", b"hello", b"hello"),
        ("x", b"hello", b"hello"),
    ],
)
def test_the_encodings_of_a_part_are_undone(encoding: str, body: bytes, meant: bytes) -> None:
    _, (part,), _ = split_mail(mail(f"Content-Transfer-Encoding: {encoding}", body=body))

    assert part.content == meant


@for_each(
    "fields, address, name",
    [
        (("Reply-To: other@example.org",), "other@example.org", ""),
        (("Reply-To: not an address",), "f@example.org", ""),
        (("From: =?utf-8?q?Zo=C3=AB?= <f@example.org>",), "f@example.org", ""),
    ],
)
def test_an_answer_goes_where_the_mail_says(fields: tuple[str, ...], address: str, name: str) -> None:
    found = read_mail(mail(*fields), name="m")

    assert (found.sender.address, found.sender.name) == (address, name)


@for_each("sign", list('([<"\\:,'))
@for_each("field", ["From", "Reply-To"])
def test_a_thousand_of_any_sign_are_no_sender_and_no_error(sign: str, field: str) -> None:
    whole = f"{field}: {sign * 1_000}\r\nSubject: open\r\n\r\nhello"
    found = read_mail(whole.encode(), name="m")

    assert (found.text, found.sender.address) == ("hello", "")


@for_each(
    "text, meant",
    [
        ("=?utf-8?b?5byg5LiJ?=", "张三"), ("=?no-such?q?a?=", "a"), ("a\tb\x07c", "a b c"),
        ("=?utf-8?b?!!!?=", None), ("=?utf-8?b?a?=", "=?utf-8?b?a?="), ("x" * 9000, "x" * MOST_SUBJECT),
    ],
)  # fmt: skip
def test_a_subject_becomes_one_line_of_text(text: str, meant: str | None) -> None:
    found = read_mail(mail(f"Subject: {text}"), name="m").subject

    assert found == (found if meant is None else meant)
    assert found.isprintable()


def test_of_a_page_the_words_and_the_links_are_kept_and_nothing_is_rendered() -> None:
    page = '<style>x{}</style><p>Your <b>store</b> is &quot;open&quot;<script>evil()</script><a href="http://192.0.2.7:9200/">here</a'

    found = words_of_page(page)

    assert "evil" not in found
    assert "x{}" not in found
    assert 'Your store is "open"' in found
    assert "http://192.0.2.7:9200/" in found


def test_a_mail_of_html_alone_is_read_as_words_and_one_with_both_by_its_plain_text() -> None:
    page, plain = b"Content-Type: text/html\r\n\r\n<p>page</p>", b"Content-Type: text/plain\r\n\r\nplain"

    assert read_mail(multipart(page), name="m").text == "page"
    assert read_mail(multipart(plain, page, kind="alternative"), name="m").text == "plain"
    assert read_mail(multipart(page, b"\r\n\r\n ", kind="alternative"), name="m").text == "page"


def test_a_footer_in_plain_text_takes_no_page_away() -> None:
    page, footer = b"Content-Type: text/html\r\n\r\n<p>it is open</p>", b"Content-Type: text/plain\r\n\r\n-- a list"

    assert read_mail(multipart(page, footer), name="m").text.split("\n") == ["it is open", "", "-- a list"]


@for_each("kind", ["text/csv", "text/calendar", "text/vcard", "text/x-amp-html"])
def test_a_part_that_no_person_wrote_is_a_file_and_none_of_it_is_kept_as_text(kind: str) -> None:
    found = read_mail(multipart(b"\r\nsee below", f"Content-Type: {kind}\r\n\r\nAda,1".encode()), name="m")

    assert (found.text, [file.name for file in found.enclosed]) == ("see below", [f"(no name, {kind})"])


def test_a_long_name_of_a_file_is_read_as_the_standard_library_writes_it() -> None:
    long_name = "Ausführlicher Prüfbericht über die öffentlich zugängliche Datenbank der Universität – größer.pdf"
    message = EmailMessage()
    message["From"] = "f@example.org"
    message.set_content("see the file")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename=long_name)
    assert b"filename*0*=" in message.as_bytes()

    assert [file.name for file in read_mail(message.as_bytes(), name="m").enclosed] == [long_name]


@for_each(
    "stated, read",
    [
        ("filename*1=b.pdf; filename*0=a-", "a-b.pdf"),
        ("filename*0*=iso-8859-1''%FC; filename*1=%20; filename*2*=%20", "ü%20"),
        ("filename*0=a; filename*2=c", "a"),
        ("filename=U.pdf; filename*=utf-8''%C3%9C.pdf", "Ü.pdf"),
        ("filename*1=b", "(no name, application/pdf)"),
        ("filename*1234*=b.pdf; filename=a.pdf", "a.pdf"),
    ],
)
def test_the_pieces_of_a_name_are_put_together(stated: str, read: str) -> None:
    part = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {stated}\r\n\r\nx".encode()

    assert [file.name for file in read_mail(multipart(part), name="m").enclosed] == [read]


def test_a_boundary_in_pieces_divides_a_mail() -> None:
    data = mail("Content-Type: multipart/mixed;", ' boundary*0="A"; boundary*1="B"', body=b"--AB\r\n\r\nhi\r\n--AB--")

    assert (read_mail(data, name="m").text, read_mail(data, name="m").enclosed) == ("hi", ())


@for_each(
    "charset, written_in, text",
    [
        ("latin1", "latin-1", "öffentlich"), ("cp1252", "cp1252", "“öffentlich”"), ("ISO_8859-1", "latin-1", "ö"),
        ("iso-8859-1", "cp1252", "“ö”"), ("gb2312", "gbk", "朱镕基"), ("cp936", "gbk", "朱"), ("x-gbk", "gbk", "镕"),
        ("shift-jis", "shift_jis", "データ"), ("windows-31j", "cp932", "①"), ("utf-16", "utf-16", "öffentlich"),
        ("windows-874", "cp874", "ฐานข้อมูล"), ("iso-2022-kr", "iso-2022-kr", "데이터"),
        ("iso-8859-8-i", "iso-8859-8", "מסד"), ("uhc", "cp949", "데이터"), ("us-ascii", "utf-8", "ö"),
        ("punycode", "utf-8", "ö"), ("x\0y", "utf-8", "ö"), ("rot13", "utf-8", "ö"),
    ],
)  # fmt: skip
def test_a_charset_is_known_by_each_of_its_names(charset: str, written_in: str, text: str) -> None:
    data = mail(f'Content-Type: text/plain; charset="{charset}"', body=text.encode(written_in))

    assert read_mail(data, name="m").text == text


@for_each(
    "data, how",
    [
        (multipart(b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", kind="encrypted"), "OpenPGP"),
        (mail(body=b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc"), "OpenPGP"),
        (mail("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"), "S/MIME"),
    ],
)
def test_a_mail_that_nobody_can_read_says_so_and_is_not_the_same_once_it_is_decrypted(data: bytes, how: str) -> None:
    field = b"Message-ID: <1@example.org>\r\n"
    found, decrypted = read_mail(field + data, name="m"), read_mail(field + mail(), name="m")

    assert [how in remark and "decrypt the mail" in remark for remark in found.remarks] == [True]
    assert decrypted.remarks == ()
    assert found.message_mark != decrypted.message_mark == hashlib.sha256(b"<1@example.org>").hexdigest()


def test_an_mbox_is_each_of_its_mails() -> None:
    first, second = (
        f"From {who}@example.org Mon Jun  1 10:00:00 2026\nFrom: {who}@example.org\n\nFrom here\n\nFrom me: {who}\n\n"
        for who in ("a", "b")
    )
    data = f"{first}{second}".encode()

    assert mails_in(data, name="m") == (first.encode(), second.encode())
    assert mails_in(PLAIN + data, name="m") == (PLAIN + data,)
    with pytest.raises(BadFile, match="holds several mails"):
        read_mail(data, name="m")
    with pytest.raises(BadFile, match="more than 500 mails"):
        mails_in(data * 251, name="m")


def test_a_forwarded_mail_is_read_too() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nFrom: x@example.org\r\nSubject: inner\r\n\r\nthe store is open"

    assert read_mail(multipart(inner), name="m").text == "the store is open"


@for_each(
    "what, data, said",
    [
        ("deep", nested(MOST_DEPTH + 2), f"{MOST_DEPTH} levels"),
        ("parts", multipart(*[b"Content-Type: text/plain\r\n\r\na"] * (MOST_PARTS + 5)), f"{MOST_PARTS} parts"),
        ("empty parts", multipart(*[EMPTY] * (MOST_PARTS + 5)), f"{MOST_PARTS} parts"),
        ("head", b"From: f@example.org\r\nX: " + b"a" * (MOST_HEAD + 5), f"{MOST_HEAD:,} bytes"),
        ("fields", mail(*["X: 1"] * (MOST_FIELDS + 5)), f"{MOST_FIELDS:,} fields"),
        ("text", mail(body=b"a" * (MOST_TEXT + 5)), f"{MOST_TEXT:,} characters"),
    ],
)
def test_each_bound_is_said_where_it_cuts(what: str, data: bytes, said: str) -> None:
    found = read_mail(data, name=what)

    assert any(said in remark for remark in found.remarks), found.remarks
    assert len(found.text) <= MOST_TEXT


def test_what_is_longer_than_a_mail_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_parts, "MOST_BYTES", 100)

    _, parts, remarks = split_mail(mail(body=b"a" * 500))

    assert remarks == ("the mail: more than 100 bytes are not read",)
    assert sum(len(part.content) for part in parts) < 100


def test_a_folded_field_is_one_and_an_endless_one_is_cut() -> None:
    folded = "Subject: a\r\n b\r\n" + "".join(f"\tx{number}\r\n" for number in range(5_000))

    head, _, _ = split_mail(folded.encode() + b"From: f@example.org\r\n\r\nhello")

    assert head["subject"].startswith("a b x0")
    assert len(head["subject"]) <= mail_parts.MOST_FIELD


@for_each(
    "data, first",
    [
        (b"\r\n\r\nhello", None),
        (b"From me Mon Jan 1\nFrom: f@example.org\n\nhello", "f@example.org"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncut on the way", None),
        (b"Content-Type: nonsense\n\nhello", None),
        (b'Content-Type: text/plain; charset="utf\\-8"\n\nhello', None),
        (b"Content-Type: multipart/mixed\n\nno boundary", None),
        (b"no colon\nFrom: f@example.org\n\nx", "f@example.org"),
        (b"Content-Type: application/x; name*=utf-8'x\n\nx", None),
    ],
)
def test_odd_mails_are_read_as_far_as_they_go(data: bytes, first: str | None) -> None:
    head, parts, _ = split_mail(data)

    assert len(parts) == 1
    assert head.get("from") == first


def test_when_it_arrived_is_said_by_the_last_server_and_not_by_the_sender() -> None:
    found = read_mail(
        mail("Received: from x by y; Mon, 1 Jun 2026 10:00:00 +0800", "Date: Mon, 1 Jun 2020 10:00:00 +0000"), name="m"
    )

    assert found.arrived_at == datetime(2026, 6, 1, 2, tzinfo=UTC)
    assert found.sent_at == datetime(2020, 6, 1, 10, tzinfo=UTC)


@for_each("text", ["", "nonsense", "Mon, 1 Jun 2026 10:00:00", "Mon, 99 Jun 2026 10:00:00 +0000"])
def test_a_date_that_is_none_is_nothing(text: str) -> None:
    assert read_mail(mail(f"Date: {text}"), name="m").sent_at is None


def form(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def test_a_form_is_read_as_json() -> None:
    found = read_message(form(text="a store\0 is open", subject="s", name="N", email="n@example.org"), name="form.json")

    assert (found.channel, found.text, found.subject) == ("form", "a store\ufffd is open", "s")
    assert (found.sender.name, found.sender.address) == ("N", "n@example.org")


@for_each(
    "data, said",
    [
        (form(), "text: is missing"),
        (form(text=5), "text: must be a text"),
        (form(text="a", files=1), "files: unknown field"),
        (form(text="a", attachments=[]), "takes no files"),
        (form(text="a", email="x"), "is no e-mail address"),
        (b"{", "not JSON"),
        (b"[1", "neither a mail"),
        (b"", "neither a mail"),
        (b"hello there", "neither a mail"),
        (b"{" + b'"a":{' * 100_000, "not JSON"),
    ],
)
def test_what_is_neither_is_refused_by_name(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=r"form\.json") as refused:
        read_message(data, name="form.json")

    assert said in str(refused.value)


def test_a_form_that_is_a_list_is_refused_and_so_is_one_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    from leakguard.intake import reading  # noqa: PLC0415  (patched below)

    with pytest.raises(BadFile, match="must be an object"):
        reading.read_form(b"[]", name="form.json")
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(BadFile, match="longer than 10 bytes"):
        reading.read_form(form(text="hello"), name="form.json")


@for_each(
    "fields, why",
    [
        (("Auto-Submitted: auto-replied",), "Auto-Submitted: auto-replied"), (("Auto-Submitted: no",), ""),
        (("Precedence: Bulk",), "Precedence: bulk"), (("Return-Path: <>",), "an empty return path"),
        (("List-Id: <l.example.org>",), "the header List-Id"), (("X-Autoreply: yes",), "the header X-Autoreply"),
        (("Content-Type: multipart/report; boundary=x",), "a delivery report"),
        (("Reply-To: mailer-daemon@example.org",), "the name of its sender"),
        (("Reply-To: list-request@example.org",), "the name of its sender"), ((), ""),
    ],
)  # fmt: skip
def test_a_machine_is_known_by_what_its_mail_says(fields: tuple[str, ...], why: str) -> None:
    assert read_mail(mail(*fields), name="m").machine == why


@given(st.binary(max_size=400), st.integers(0, 3))
def test_no_mail_breaks_the_reader(noise: bytes, cut: int) -> None:
    """Noise after a true header, and a true mail with noise in it: always read, always within bounds."""
    true = multipart(b"Content-Type: text/plain\r\n\r\nhello", b"Content-Disposition: attachment; filename=a\r\n\r\nx")
    half = len(true) * cut // 3

    for data in (b"From: " + noise, true[:half] + noise + true[half:]):
        found = read_mail(data if data.startswith(b"From") else b"From: x\n" + data, name="m")
        assert len(found.text) <= MOST_TEXT
        assert found.subject.isprintable()

"""What the public form reads: fields within caps, every problem at once, and never an exception."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from leakguard.bundled import BundledFiles
from leakguard.intake.form_words import load_form_words, said_in
from leakguard.intake.promises import load_promises
from leakguard.intake.public_form import (
    FIELDS,
    MOST_ADDRESS,
    MOST_BODY,
    MOST_LINE,
    MOST_LONG,
    FormProblem,
    read_submitted,
)
from leakguard.intake.reading import read_form


def sent(**fields: str) -> bytes:
    return urlencode(fields).encode()


def wrong(body: bytes) -> list[tuple[str, str]]:
    return [(one.field, one.wrong) for one in read_submitted(body).problems]


def test_what_is_sent_becomes_the_json_that_report_import_takes() -> None:
    found = read_submitted(
        sent(text="端口 9200 开放\r\nsee it", subject="a\nb", name="Zo", email="zo@example.org", lang="zh")
    )
    message = read_form(found.document, name="the form")

    assert found.problems == ()
    assert message.text == "端口 9200 开放\nsee it"
    assert (message.subject, message.sender.name, message.sender.address) == ("a b", "Zo", "zo@example.org")
    assert json.loads(found.document).keys() == {"text", "subject", "name", "email"}


@pytest.mark.parametrize(
    ("field", "most"), [("text", MOST_LONG), ("subject", MOST_LINE), ("name", MOST_LINE), ("email", MOST_ADDRESS)]
)
def test_a_field_is_taken_up_to_its_cap_and_refused_one_beyond(field: str, most: int) -> None:
    filler = "a" * (most - len("@example.org")) + "@example.org" if field == "email" else "a" * most
    full = {"text": "x", field: filler}

    assert (field, "too_long") not in wrong(sent(**full))
    assert (field, "too_long") in wrong(sent(**{**full, field: filler + "a"}))


def test_a_body_beyond_the_cap_is_not_read() -> None:
    assert wrong(b"text=" + b"a" * MOST_BODY) == [("", "too_long")]


def test_more_fields_than_the_form_has_are_not_read() -> None:
    body = b"&".join(b"text=%d" % number for number in range(len(FIELDS) + 1))
    assert wrong(body) == [("", "too_long")]


def test_every_problem_is_named_at_once() -> None:
    assert wrong(b"x=1&email=nobody&website=spam&lang=%ff&lang=en") == [
        ("", "unknown"), ("lang", "unreadable"), ("lang", "twice"), ("text", "missing"), ("email", "no_address"),
        ("website", "trap"),
    ]  # fmt: skip


def test_control_characters_become_a_sign_that_shows_them() -> None:
    found = read_submitted(sent(text="a\x00b\x1b[31mc\x85\u2028d\te", subject="x\x00\ty"))

    assert found.values["text"] == "a\ufffdb\ufffd[31mc\ufffd\ufffdd\te"
    assert found.values["subject"] == "x\ufffd y"


def test_nothing_at_all_lacks_the_text() -> None:
    assert read_submitted(b"").problems == (FormProblem(field="text", wrong="missing"),)


def test_what_somebody_wrote_is_not_in_the_words_of_an_error() -> None:
    assert "CANARY" not in repr(read_submitted(sent(text="CANARY")))


def test_every_text_of_the_form_is_there_in_both_languages_with_the_same_places() -> None:
    texts = BundledFiles().texts("intake")
    words, promises = load_form_words(texts), load_promises(texts)
    for name, both in words.words.items():
        assert both.en.strip(), name
        assert both.zh.strip(), name
        assert {one for one in ("{contact}", "{organisation}", "{most}", "{field}", "{minutes}") if one in both.en} == {
            one for one in ("{contact}", "{organisation}", "{most}", "{field}", "{minutes}") if one in both.zh
        }, name
    said = said_in("fr", words, promises, organisation="{contact}", contact="security@example.edu")
    assert said.lang == "en"
    assert said("title") == "Report a security problem to {contact}"
    assert "6 months" in said("privacy_how_long")

"""Texts of files that nobody has to decode, and forms whose parts are read one by one."""

from __future__ import annotations

import pytest

from leakguard.files.compiled_values import compiled_in, to_compiled
from leakguard.files.file_texts import FileTexts, digest_of

TEXTS = {"b.yaml": "härte: 1\n", "a.yaml": "a: 2\r\nb: 3\r"}
DATA = {name: text.encode() for name, text in TEXTS.items()}


def test_texts_are_those_of_the_files_with_line_ends_as_in_python() -> None:
    texts = FileTexts(DATA)

    assert dict(texts) == {"b.yaml": "härte: 1\n", "a.yaml": "a: 2\nb: 3\n"}
    assert len(texts) == 2
    assert texts == dict(texts)
    assert texts != {}


def test_the_digest_is_that_of_the_texts_in_any_order_and_tells_each_change() -> None:
    texts = FileTexts(DATA)
    plain = dict(texts)

    same = FileTexts(dict(reversed(DATA.items())))

    assert texts.digest == digest_of(texts) == digest_of(plain) == digest_of(dict(reversed(plain.items())))
    assert (texts, hash(texts)) == (same, hash(same))
    for other in ({"a.yaml": DATA["a.yaml"]}, DATA | {"b.yaml": b"x"}, {"c.yaml": b"", **DATA}):
        assert digest_of(FileTexts(other)) != texts.digest
        assert FileTexts(other) != texts


def test_a_text_of_another_encoding_has_a_digest_and_cannot_be_read() -> None:
    texts = FileTexts({"a.yaml": b"\xff"})

    assert texts.digest
    with pytest.raises(UnicodeDecodeError):
        texts["a.yaml"]


def test_each_part_of_a_form_is_read_by_itself() -> None:
    form = to_compiled(TEXTS, {"one": [1, 2], "words": {"ä": "härte"}, "last": None})

    for given in (form, form.encode()):
        found = compiled_in(given, TEXTS)

        assert found is not None
        assert found.part("one", list[int]) == [1, 2]
        assert found.part("words", dict[str, str]) == {"ä": "härte"}
        assert found.part("one", dict[str, str]) is None
        assert found.part("nothing", list[int]) is None


@pytest.mark.parametrize(
    "form", [b"", b"\n", b"{", b"[]", b"null", b'{"digest": 1, "sizes": {}}', b"\xff\xff", b"[" * 9999]
)
def test_what_is_no_form_is_none(form: bytes) -> None:
    assert compiled_in(form, TEXTS) is None


def test_a_form_of_other_texts_is_none_and_a_cut_one_has_no_last_part() -> None:
    form = to_compiled(TEXTS, {"one": [1, 2], "words": ["ä"]}).encode()

    assert compiled_in(form, TEXTS | {"a.yaml": ""}) is None
    cut = compiled_in(form[:-2], TEXTS)
    assert cut is not None
    assert cut.part("one", list[int]) == [1, 2]
    assert cut.part("words", list[str]) is None
    wrong = compiled_in(form.replace("ä".encode(), b"\xff\xff"), TEXTS)
    assert wrong is not None
    assert wrong.part("words", list[str]) is None
    swapped = compiled_in(form.replace(b'"one":5', b'"one":-5'), TEXTS)
    assert swapped is not None
    assert swapped.part("one", list[int]) is None

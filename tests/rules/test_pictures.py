"""The pictures of the documentation: each is there, has words beside it, and is written by `make pictures`."""

from __future__ import annotations

import re

import pytest

from rules.docs_parts import DOCS, README, pages
from support.pictures import PICTURES

pytestmark = pytest.mark.untraced

FOLDER = DOCS / "pictures"
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
MOST_BYTES = 150_000


def test_the_command_writes_exactly_the_pictures_that_are_there_and_pages_show_each_of_them() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in {*pages(), README}
        for _, link in SHOWN.findall(page.read_text(encoding="utf-8"))
    }

    assert {one.name for one in FOLDER.iterdir()} == {f"{name}.png" for name in PICTURES}
    assert shown == {one.resolve() for one in FOLDER.iterdir()}


def test_each_picture_is_a_small_png_and_has_words_for_those_who_do_not_see_it() -> None:
    for one in FOLDER.iterdir():
        assert one.read_bytes().startswith(b"\x89PNG")
        assert one.stat().st_size < MOST_BYTES, one.name
    for page in {*pages(), README}:
        for words, link in SHOWN.findall(page.read_text(encoding="utf-8")):
            assert len(words) > 20, (page.name, link)

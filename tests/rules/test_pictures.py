"""The pictures of the documentation: each is there, has words beside it, and is written by `make pictures`."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from leakguard.cli.demo.story import STORY
from rules.docs_parts import DOCS, README, pages
from support.pictures import PICTURES

pytestmark = pytest.mark.untraced

FOLDER = DOCS / "pictures"
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
RECORDING = FOLDER / "demo.svg"
MOST_BYTES = 150_000


def test_the_command_writes_exactly_the_pictures_that_are_there_and_pages_show_each_of_them() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in {*pages(), README}
        for _, link in SHOWN.findall(page.read_text(encoding="utf-8"))
    }

    assert {one.name for one in FOLDER.iterdir()} == {f"{name}.png" for name in PICTURES} | {RECORDING.name}
    assert shown == {one.resolve() for one in FOLDER.iterdir()}


def test_each_picture_is_a_small_png_and_has_words_for_those_who_do_not_see_it() -> None:
    for one in FOLDER.glob("*.png"):
        assert one.read_bytes().startswith(b"\x89PNG")
        assert one.stat().st_size < MOST_BYTES, one.name
    for page in {*pages(), README}:
        for words, link in SHOWN.findall(page.read_text(encoding="utf-8")):
            assert len(words) > 20, (page.name, link)


def test_the_recording_plays_every_command_of_the_demo_without_a_script_and_loads_nothing() -> None:
    """`make recording` writes it; it moves by CSS, and who prefers less motion sees its end."""
    text = RECORDING.read_text(encoding="utf-8")
    picture = etree.fromstring(text.encode())
    lines = ["".join(row.itertext()) for row in picture.iter("{*}text")]
    typed = " ".join(" ".join(lines).split())

    assert RECORDING.stat().st_size < MOST_BYTES
    assert {etree.QName(one).localname for one in picture.iter()} <= {
        "svg",
        "title",
        "style",
        "rect",
        "g",
        "text",
        "tspan",
    }
    assert not re.search(r"url\(|@import", picture.findtext("{*}style") or "")
    assert not [name for one in picture.iter() for name in one.attrib if "href" in name or name.startswith("on")]
    assert "prefers-reduced-motion" in text
    commands = [step.command.partition(" {")[0].partition(" -")[0] for step in STORY if step.command]
    commands = [" ".join(command.split()[:2]) for command in commands]
    assert commands
    assert [command for command in commands if f" {command}" not in typed] == []

"""Every page of the register in a real browser: no barrier, no error, nothing cut, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leakguard.web.console.screens import SCREENS
from support.console_world import LEAD
from support.driven import browser_of, strangers

if TYPE_CHECKING:
    from support.console_world import World
    from support.driven import Person
    from support.web_process import WebProcess

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]
SCREENS_OF_READERS = (("light", 1280, 900), ("dark", 360, 740))
"""Mode, width and height: both modes and both sizes, each once."""


def paths(world: World) -> list[str]:
    """The address of each page, each of its places filled in."""
    return [screen.path.format(**world.places) for screen in SCREENS]


def problems_of(person: Person, path: str, where: str) -> list[str]:
    """What is wrong with the page that is open."""
    found = [f"{where}: {one}" for one in (*person.barriers(), *person.errors())]
    if person.is_too_wide:
        found.append(f"{where}: wider than the screen")
    if "StrictUndefined" in person.text or path not in person.driver.current_url:
        found.append(f"{where}: is not shown")
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_without_barriers_in_both_modes_and_on_a_telephone(
    full: tuple[World, WebProcess], tmp_path: Path, language: str
) -> None:
    world, server = full
    found: list[str] = []
    with browser_of(server.url, tmp_path, language=language) as person:
        person.log_in(LEAD)
        for path in paths(world):
            for mode, width, height in SCREENS_OF_READERS:
                person.set_mode(mode)
                person.set_width(width, height)
                person.open(path)
                found += problems_of(person, path, f"{path} {mode} {width}")
        found += [f"asked elsewhere: {one}" for one in strangers(person.requests(), server.url)]

    assert not found, "\n".join(found)

"""The pictures of the documentation: screenshots of the console on the store that its tests use.

`make pictures` writes them all again. People and incidents in them are invented.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import pytest

from support.console_world import LEAD, OFFICER, working_team
from support.driven import browser_of
from support.web_process import serving

PICTURES = {
    "console-now": ("/", LEAD, "en", 1280, 860),
    "console-incident": ("/incidents/{incident}", LEAD, "en", 1280, 860),
    "console-steps": ("/incidents/{incident}/steps", LEAD, "en", 1280, 860),
    "console-facts": ("/incidents/{incident}/facts", OFFICER, "en", 1280, 860),
    "console-letters": ("/incidents/{incident}/letters", OFFICER, "en", 1280, 860),
    "console-exposures": ("/exposures", LEAD, "en", 1280, 640),
    "console-now-zh": ("/", LEAD, "zh", 1280, 860),
    "console-incident-telephone": ("/incidents/{incident}", LEAD, "en", 360, 740),
}
"""By name: the page, who sees it, in which language, and the size of the screen."""


def write(folder: Path) -> None:
    """Write each picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        root = Path(place)
        (root / "store").mkdir()
        world = working_team(root / "store", patch)
        with serving(root / "store") as server:
            for name, (path, who, language, width, height) in PICTURES.items():
                with browser_of(server.url, root / name, language=language, width=width) as person:
                    person.set_width(width, height)
                    person.log_in(who).open(path.format(**world.places))
                    person.driver.save_screenshot(str(folder / f"{name}.png"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder.resolve())

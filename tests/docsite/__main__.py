"""`make site`: `PYTHONPATH=tests python -m docsite FOLDER` builds the site of the documentation in both languages."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from lxml import html
from sphinx.cmd.build import main as sphinx

from docsite.staging import HOMES, write_sources

HERE = Path(__file__).parent


def build(folder: Path, sources: Path, on: date) -> int:
    """Both languages, warnings as errors; returns the exit code of the first build that fails."""
    for place in (folder, sources):
        shutil.rmtree(place, ignore_errors=True)
    for lang, home in HOMES.items():
        source, doctrees = sources / lang, sources / f"{lang}-doctrees"
        write_sources(source, lang, on)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-t", lang, "-c", str(HERE), "-d", str(doctrees)]
        if code := sphinx([*options, str(source), str(folder / home)]):
            return code
    (folder / "external-links.txt").write_text("".join(f"{one}\n" for one in external(folder)), encoding="utf-8")
    return 0


def external(folder: Path) -> list[str]:
    """The links of all pages that lead out of the site: to be tried by a person, as building asks no network."""
    pages = (html.fromstring(path.read_bytes()) for path in folder.rglob("*.html"))
    return sorted({str(link) for page in pages for link in page.xpath("//a/@href") if urlsplit(link).netloc})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--on", type=date.fromisoformat, required=True, help="the law of which day to list")
    given = parser.parse_args()
    wanted = given.folder.resolve()
    sys.exit(build(wanted, wanted.with_name(f"{wanted.name}-sources"), given.on))

"""What pages load: only files of ours, one of them by somebody else and unchanged."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from leakguard.web.console.static import KEPT, static
from support.door import ANNA, Served
from support.visitor import Visitor

HTMX = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""SHA-256 of `dist/htmx.min.js` in the npm package htmx.org 2.0.11, which is under the licence 0BSD."""
CONSOLE = Path(str(files("leakguard.web.console")))


def test_htmx_is_the_published_file() -> None:
    assert sha256(static()["htmx.min.js"].content).hexdigest() == HTMX


def test_a_file_is_kept_by_browsers_under_the_hash_of_its_bytes_and_is_nowhere_else(served: Served) -> None:
    client = served.client()
    for name, one in static().items():
        answer = client.get(one.path)
        assert (answer.status_code, answer.headers["cache-control"], answer.content) == (200, KEPT, one.content)
        assert client.get(f"/static/{'0' * 16}/{name}").status_code == 404


def test_pages_load_nothing_from_elsewhere_and_hold_no_script_or_style_of_their_own(served: Served) -> None:
    page = Visitor(served, ANNA).open("/").answer.text

    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page) == []


def test_no_template_says_that_a_text_is_safe_or_styles_itself() -> None:
    for path in (CONSOLE / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found = re.findall(
            r"\|\s*safe\b|Markup\(|autoescape false|\sstyle=|\son(?:click|change|submit|load|input)=", text
        )
        assert found == [], path

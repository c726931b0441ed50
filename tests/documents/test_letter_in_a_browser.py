"""A letter as a page in a real browser, on the screen of a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leakguard.bundled import Bundled
from leakguard.documents.makers import document_maker
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import Fields, Numbered
from support.browser import browse
from support.sample_letters import SAMPLES

pytestmark = pytest.mark.untraced

_MEASURE = b"<script>document.title = 'wide ' + document.documentElement.scrollWidth</script></body>"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_word_without_a_space_does_not_widen_the_letter_beyond_the_screen(lang: Lang, tmp_path: Path) -> None:
    """A hash in a table and an address in a list pushed other lines out of sight; no window is narrower than 500."""
    blocks = (Fields(rows=(("Traces", "f" * 64),)), Numbered(entries=(f"We closed https://example.edu/{'x' * 90}",)))
    made = document_maker("html", Bundled()).make(replace(SAMPLES[lang], blocks=blocks))
    page = tmp_path / "letter.html"
    page.write_bytes(made.replace(b"</body>", _MEASURE))

    told = browse(page, "--window-size=500,800", "--dump-dom").decode()

    assert (found := re.search(r"<title>wide (\d+)", told)) is not None
    assert int(found[1]) <= 500

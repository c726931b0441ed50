"""Letters to people in the languages of those who read them, as they were approved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.languages import Lang
from support.languages import AT, LANGS_TO_PEOPLE, example
from support.notices import letter_of

pytestmark = pytest.mark.untraced

GOLDEN = Path(__file__).parent / "golden" / "people"
OWN: tuple[tuple[str, Lang], ...] = (
    ("cn-pipl-57-individuals", "zh"),
    ("jp-appi-26-individuals", "ja"),
    ("kr-pipa-34-individuals", "ko"),
    ("kr-pipa-34-2-possible", "ko"),
    ("br-lgpd-48-individuals", "pt"),
    ("mx-lfpdppp-individuals", "es"),
    ("ca-qc-law25-individuals", "fr"),
    ("uk-gdpr-34-individuals", "en"),
    ("ch-fadp-24-individuals", "de"),
)


@pytest.mark.parametrize(("duty", "lang"), [*((("eu-gdpr-34-individuals"), lang) for lang in LANGS_TO_PEOPLE), *OWN])
def test_each_letter_is_as_it_was_approved(duty: str, lang: Lang) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them anew; read the difference before it is kept."""
    made = document_maker("md", BundledFiles()).make(letter_of(duty, lang, example(), now=AT))
    path = GOLDEN / f"{duty}.{lang}.md"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")

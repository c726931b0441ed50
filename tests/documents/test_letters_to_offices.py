"""Letters to authorities in the languages that they accept, as they were approved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.languages import BOTH, LANGS, Lang
from support.languages import AT, example_for_offices
from support.notices import letter_of

pytestmark = pytest.mark.untraced

GOLDEN = Path(__file__).parent / "golden" / "offices"
OFFICES: dict[Lang, tuple[str, str]] = {
    "de": ("eu-gdpr-33-authority", "AT"),
    "fr": ("eu-gdpr-33-authority", "FR"),
    "es": ("eu-gdpr-33-authority", "ES"),
    "it": ("eu-gdpr-33-authority", "IT"),
    "nl": ("eu-gdpr-33-authority", "NL"),
    "pl": ("eu-gdpr-33-authority", "PL"),
    "pt": ("br-lgpd-48-anpd", "BR"),
    "ja": ("jp-appi-26-ppc", "JP"),
    "ko": ("kr-pipa-34-pipc", "KR"),
    "zh-hant": ("hk-pdpo-pcpd", "HK"),
}
"""For each language the duty, and where the organisation is, which decides who the authority is."""


def test_each_further_language_has_a_letter_here() -> None:
    assert set(OFFICES) == set(LANGS) - set(BOTH)


@pytest.mark.parametrize("lang", OFFICES)
def test_each_letter_is_as_it_was_approved(lang: Lang) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them again; read the difference before it is kept."""
    duty, country = OFFICES[lang]
    values = example_for_offices()
    values["organisation"]["country"] = country
    letter = letter_of(duty, lang, values, now=AT)
    made = document_maker("md", BundledFiles()).make(letter)
    path = GOLDEN / f"{duty}.{lang}.md"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")
    assert letter.remarks == ()

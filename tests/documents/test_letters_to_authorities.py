"""Letters to authorities in the languages that these read, as they were approved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.languages import Lang
from support.languages import AT, example_for_offices
from support.notices import GDPR_33, letter_of

pytestmark = pytest.mark.untraced

GOLDEN = Path(__file__).parent / "golden" / "authorities"
LETTERS: tuple[tuple[str, Lang, str], ...] = (
    (GDPR_33, "nl", "NL"),
    (GDPR_33, "pl", "PL"),
    (GDPR_33, "pt", "PT"),
    ("br-lgpd-48-anpd", "pt", "BR"),
    ("jp-appi-26-ppc", "ja", "JP"),
    ("kr-pipa-34-pipc", "ko", "KR"),
    ("hk-pdpo-pcpd", "zh-hant", "HK"),
)
"""Each with the country in which the organisation sits, which names the office."""


@pytest.mark.parametrize(("duty", "lang", "country"), LETTERS)
def test_each_letter_is_as_it_was_approved(duty: str, lang: Lang, country: str) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them anew; read the difference before it is kept."""
    values = example_for_offices()
    values["organisation"]["country"] = country
    letter = letter_of(duty, lang, values, now=AT)
    made = document_maker("md", BundledFiles()).make(letter)
    path = GOLDEN / f"{duty}.{lang}.md"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")
    assert not any("the language" in remark or "not known yet" in remark for remark in letter.remarks)

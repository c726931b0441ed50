"""What pages of letters show beside the documents: names of languages, downloads, and where each passage stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from babel import Locale

from leakguard.web.console.render import LOCALES, url_of

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_FORMATS = ("docx", "pdf", "txt", "html", "md")


def language_names(desk: Desk, codes: Collection[str]) -> dict[str, str]:
    """The name of each language in the reader's own."""
    reader = LOCALES[desk.words.language]
    return {code: Locale.parse(code, sep="-").get_display_name(reader) or code for code in sorted(codes)}


def downloads(desk: Desk, found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The letter as it goes out, in each form: what it is called, and where it is."""
    name = {"duty": found["letter"]} if found["law"] else {"letter": found["letter"].removeprefix("practice-")}
    stage = found["stage"]["stage"] if found["stage"] else ""
    where = "/api/v1/incidents/{}/letters/draft"
    return tuple(
        (form, url_of(where, desk.incident, **name, stage=stage, lang=found["lang"], as_=form, final="true"))
        for form in _FORMATS
    )


def shown_text(found: Mapping[str, Any]) -> dict[str, Any]:
    """Passages by their ids, and where each stands first: only there it has a field."""
    text = found["text"] or {"blocks": [], "passages": []}
    first: dict[str, str] = {}
    for block in text["blocks"]:
        for number, line in enumerate(block["lines"]):
            for segment in line["segments"]:
                if segment["passage"]:
                    first.setdefault(segment["passage"], f"{block['where']}:{number}")
    return {"passages": {passage["id"]: passage for passage in text["passages"]}, "first": first}

"""What one letter lacks, on a page: its facts, also in the letter's language, and the way back to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leakguard.models.languages import LANGS, Lang
from leakguard.notices.language_detection import is_foreign, language_of
from leakguard.web.console.pages.fact_desk import stated_in
from leakguard.web.console.pages.fact_fields import Filled, Raw
from leakguard.web.console.pages.letter_words import language_names
from leakguard.web.console.render import url_of

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

NAMES = ("letter", "stage", "lang")
"""By which the address and the form name the letter."""


def _named(desk: Desk) -> dict[str, str]:
    return {name: value for name in NAMES if (value := desk.query.get(name) or desk.one(name))}


def letter_asked(desk: Desk, document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The letter that the form is for, with the facts that it lacks; `None` where it is for all letters."""
    named = _named(desk)
    name = named.pop("letter", "")
    if not name:
        return None
    shown = desk.ask("show_letter", path={"incident": desk.incident, "letter": name}, query=named)
    lang = shown["lang"]
    facts = [item["fact"]["fact"] for item in shown["lacking"] if item["fact"]]
    stated = [item["fact"] for item in shown["items"] if is_in_another(stated_in(document, item["fact"]), lang)]
    recipient = shown["recipient"]
    return {
        "id": name, "lang": lang, "stage": shown["stage"]["stage"] if shown["stage"] else "",
        "lacking": list(dict.fromkeys((*facts, *shown["check"]["missing"], *stated))),
        "language": language_names(desk, [lang])[lang],
        "whom": {"en": recipient["name"], "zh": recipient["name_zh"]} if recipient else None,
    }  # fmt: skip


def is_in_another(fact: Raw | None, lang: Lang) -> bool:
    """Whether what is stated has no text in this language: its texts name others, or are visibly in another one."""
    value = (fact or {}).get("value")
    if isinstance(value, Mapping):
        return lang not in value and set(value) <= set(LANGS)
    texts = value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and is_foreign(text, lang) for text in texts)


def in_language(kind: Raw, fact: Filled, lang: str) -> Filled:
    """The fields of a text that is stated, with one for this language beside those that it has."""
    parts = [(code, text) for code, text in fact["parts"] if text]
    if kind["kind"] != "text" or fact["state"] != "value" or not parts:
        return fact
    passages = [(code or language_of(text), text) for code, text in parts]
    return fact | {"parts": passages if lang in dict(passages) else [*passages, (lang, "")]}


def back_to_letters(desk: Desk) -> str:
    """The letter that the form was for, or all letters of the incident."""
    named = _named(desk)
    name = named.pop("letter", "")
    if name:
        return url_of("/incidents/{}/letters/{}", desk.incident, name, **named)
    return url_of("/incidents/{}/letters", desk.incident)

"""The texts of the letter to an app's owner, in both languages, as `apps/letter.yaml` has them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from leakguard.apps.definitions import Words
from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load

LETTER = "letter.yaml"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")


class _Words(Shape):
    en: Text
    zh: Text


class _Texts(Shape):
    title: _Words
    addressee: _Words
    salutation: _Words
    reference: _Words
    opening: _Words
    necessary: _Words
    nothing: _Words
    no_version: _Words
    unrelated: _Words
    explainable: _Words
    unrelated_why: _Words
    explainable_why: _Words
    unrelated_access: _Words
    explainable_access: _Words
    others: _Words
    besides: _Words
    granted_at_install: _Words
    empty_purpose: _Words
    secret_shipped: _Words
    tracking: _Words
    nearby_may_locate: _Words
    libraries: _Words
    not_checked: _Words
    limits_heading: _Words
    limits: _Words
    group: _Words
    request_heading: _Words
    request_out: _Words
    request_optional: _Words
    request_answer: _Words
    closing: _Words
    draft: _Words


class _File(Shape):
    version: int = Field(ge=1)
    texts: _Texts


class LetterTexts:
    """One language of the texts."""

    def __init__(self, texts: dict[str, Words], lang: str) -> None:
        """`lang` is `en` or `zh`."""
        self._texts, self._lang = texts, lang

    def say(self, name: str, **filled: str) -> str:
        """A text with its places filled in."""
        return self._texts[name].in_language(self._lang).format(**filled)


def parse_letter(text: str) -> dict[str, Words]:
    """The texts by name; raises `BadFile`, also where the two languages fill in different things."""
    stated = load(text, _File, name=LETTER).texts
    texts = {name: Words(en=(words := getattr(stated, name)).en, zh=words.zh) for name in _Texts.model_fields}
    wrong = tuple(
        Problem(where=f"texts.{name}", text="both languages must fill in the same")
        for name, words in texts.items()
        if set(_FIELD.findall(words.en)) != set(_FIELD.findall(words.zh))
    )
    if wrong:
        raise BadFile(LETTER, wrong)
    return texts

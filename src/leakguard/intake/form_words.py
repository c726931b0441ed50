"""The words of the public form in both languages, with what we say about personal data: data that ships."""

from __future__ import annotations

import re
from collections.abc import Mapping

from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.letters import InBoth
from leakguard.intake.promises import FOLDER, Promises

FILE = "form.yaml"
_FIELD = re.compile(r"\{([a-z_]{1,20})\}")


class FormWords(LightShape):
    """The file: each text by its name."""

    words: dict[str, InBoth]


class FormText(Frozen):
    """The words of one language, with what is put in."""

    lang: str
    words: Mapping[str, str]
    facts: Mapping[str, str]

    def __call__(self, name: str, **more: object) -> str:
        """A text by its name; what is put in is never read as a field."""
        facts = {**self.facts, **{key: str(value) for key, value in more.items()}}
        return _FIELD.sub(lambda found: facts[found[1]], self.words[name])


def load_form_words(texts: Mapping[str, str]) -> FormWords:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], FormWords, name=f"{FOLDER}/{FILE}")


def said_in(lang: str, words: FormWords, promises: Promises, *, organisation: str, contact: str) -> FormText:
    """The words in a language; English for one that we do not have."""
    chosen = lang if lang in {"en", "zh"} else "en"
    facts = {
        "organisation": organisation, "contact": contact, "at_least": str(promises.retention.at_least_months),
        "at_most": str(promises.retention.at_most_months),
    }  # fmt: skip
    return FormText(lang=chosen, words={name: getattr(both, chosen) for name, both in words.words.items()}, facts=facts)

"""How facts are asked: the sections of the form, questions in words, and what usually answers them.

The words stand in `duties/interview/questions.yaml`.
"""

from __future__ import annotations

from functools import lru_cache

from leakguard.files.fitting import fit
from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.yaml_text import read_yaml
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.words import Words

GUIDE = "interview/questions.yaml"


class Section(LightShape):
    """Facts that stand together in the form."""

    id: str
    en: str
    zh: str
    facts: tuple[str, ...] = ()


class AskedFact(LightShape):
    """One fact as a question."""

    en: str
    zh: str
    by_en: str = ""
    """What usually answers it."""
    by_zh: str = ""


class FactGuide(LightShape):
    """All of it."""

    sections: tuple[Section, ...] = Field(min_length=1)
    lists: tuple[str, ...] = ()
    """Texts of which each line is an entry."""
    questions: dict[str, AskedFact]
    choices: dict[str, dict[str, Words]]
    """The words of what may be chosen, by the fact."""

    def question(self, fact: str) -> AskedFact | None:
        """The question for a fact; `None` where it is asked by its name alone."""
        return self.questions.get(fact)

    def facts_of(self, section: Section, vocabulary: Vocabulary) -> tuple[str, ...]:
        """The facts of a section; the last one also has whatever no other lists."""
        if section is not self.sections[-1]:
            return section.facts
        listed = {name for one in self.sections for name in one.facts}
        return (*section.facts, *(name for name in vocabulary.facts if name not in listed))


@lru_cache(maxsize=2)
def parse_guide(text: str) -> FactGuide:
    """Read the file; raises `BadFile` with all problems of its shape."""
    return fit(read_yaml(text, name=GUIDE), FactGuide, name=GUIDE)

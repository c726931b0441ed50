"""Free texts of the facts: what a letter of one language may show word for word, and so what a person may reword."""

from __future__ import annotations

from leakguard.files.yaml_edits import Scalar, scalars_of
from leakguard.models.languages import LANGS, Lang
from leakguard.notices.vocabulary import Vocabulary

TEXT = "text"
"""The kind of facts whose words may change in the letter; numbers, dates and decisions change in the facts alone."""
WORDS, REASONS = frozenset({"value", "for"}), frozenset({"unknown", "not_applicable"})
"""Where the words of a fact stand, and those that say why there is none."""
_OF_PLACE = 2
"""Parts of a path before the fact where it is stated for one place."""


def free_texts(text: str, lang: Lang, vocabulary: Vocabulary, *, name: str) -> tuple[Scalar, ...]:
    """Every text of the facts that a letter of this language may show word for word; raises `BadFile`."""
    return tuple(scalar for scalar in scalars_of(text, name=name) if _is_free(scalar, lang, vocabulary))


def fact_of(scalar: Scalar) -> str:
    """`measures_taken`, or `by_jurisdiction.US-CA.individual_steps`."""
    parts = [str(part) for part in scalar.path]
    return parts[1] if parts[0] == "facts" else ".".join(parts[:3])


def tells_unknown(scalar: Scalar) -> bool:
    """Whether the text says why the fact is not known."""
    return "unknown" in [str(part) for part in scalar.path[_start(scalar) + 1 :]][:1]


def _start(scalar: Scalar) -> int:
    """Where in the path the name of the fact stands; 0 for what is no fact."""
    first = str(scalar.path[0]) if scalar.path else ""
    return {"facts": 1, "by_jurisdiction": _OF_PLACE}.get(first, 0)


def _is_free(scalar: Scalar, lang: Lang, vocabulary: Vocabulary) -> bool:
    parts, at = [str(part) for part in scalar.path], _start(scalar)
    if not at or len(parts) < at + 2 or not scalar.text.strip():
        return False
    kind, tail = vocabulary.facts.get(parts[at]), parts[at + 1 :]
    is_text = kind is not None and ((kind.kind == TEXT and tail[0] in WORDS) or tail[0] in REASONS)
    return is_text and [part for part in tail if part in LANGS] in ([], [lang])

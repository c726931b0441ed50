"""How an incomplete notice leaves a question open: by a code of the template, or in words with the reason."""

from __future__ import annotations

from leakguard.notices.edpb.payload import OPEN
from leakguard.notices.edpb.template import TemplateField
from leakguard.notices.fact_values import LocalisedText


def left_open(field: TemplateField, reason: LocalisedText | None) -> object:
    """The answer to a question whose fact is unknown; `None` where the template has no way to say so."""
    if field.open_code:
        return [field.open_code] if field.kind == "choices" else field.open_code
    text = f"{OPEN}: {reason.first}" if reason else OPEN
    return text if field.kind == "text" else [text] if field.kind == "texts" else None


def unanswered(field: TemplateField, reason: LocalisedText | None) -> object:
    """The answer to a question that no fact and nobody answers; `None` where it may not be left open, or cannot."""
    return left_open(field, reason) if field.is_enforced and not field.first else None

"""Words of others inside Markdown."""

from __future__ import annotations

import re

from leakguard.outputs.words import printable

_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]<>#|~&@!]|:(?=//)|(?<=www)\.)")


def safe(text: str, *, longest: int = 200) -> str:
    """Words that no renderer of Markdown takes for markup, a link, a mention or HTML."""
    return _MEANS_SOMETHING.sub(r"\\\1", printable(text, longest=longest))

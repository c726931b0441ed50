"""The rules that ship, read once."""

from __future__ import annotations

from functools import cache

from leakguard.apps.definitions import FOLDER, AppRules
from leakguard.apps.reading import parse_rules
from leakguard.bundled import BundledFiles


def texts() -> dict[str, str]:
    return dict(BundledFiles().texts(FOLDER))


@cache
def rules() -> AppRules:
    return parse_rules(texts())

"""What a verdict comes to, as findings by fixed rules, for outputs that other systems read."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from leakguard.apps.definitions import Need
from leakguard.apps.judging import AppSign, AppVerdict, SignKind
from leakguard.frozen import Frozen


class Level(StrEnum):
    """As SARIF has them."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OPEN = "open"
    """Nothing is said of it, since it could not be read."""


class AppFinding(Frozen):
    """One finding of one package."""

    rule: str
    level: Level
    subject: str
    """What it is about: an access, a key, a file."""
    text: str


RULES = {
    "app_access_unrelated": (
        "The app asks for something that its category has nothing to do with",
        "Take the permission or the key out, or change the library that brings it.",
    ),
    "app_access_to_explain": (
        "The app asks for something that must stay optional",
        "Ask when the function is used, say why, and let everything else work after a refusal.",
    ),
    "app_purpose_empty": (
        "The app names no purpose before it asks",
        "Write what it is for, in the words of the people who use the app.",
    ),
    "app_granted_at_install": (
        "Android grants every permission of the app when it is installed",
        "Raise targetSdkVersion to 23 or more, and ask when a function is used.",
    ),
    "app_secret_shipped": (
        "The app ships a secret to everybody who installs it",
        "Replace the secret, and keep the new secret on a server.",
    ),
    "app_tracking": (
        "The app, or a library in it, states that it tracks people across apps",
        "Name it in the privacy policy, and track nobody who has not agreed.",
    ),
    "app_nearby_may_locate": (
        "The app may learn where the device is by what is nearby",
        "Set neverForLocation if it need not know, or treat it as location.",
    ),
    "app_not_checked": (
        "A part of the package could not be read",
        "Look at it with the tools of the platform; nothing is said of it here.",
    ),
}
"""Title and remedy of each rule."""
_SIGNS = {
    SignKind.EMPTY_PURPOSE: ("app_purpose_empty", Level.WARNING),
    SignKind.GRANTED_AT_INSTALL: ("app_granted_at_install", Level.WARNING),
    SignKind.SECRET_SHIPPED: ("app_secret_shipped", Level.ERROR),
    SignKind.TRACKING: ("app_tracking", Level.NOTE),
    SignKind.NEARBY_MAY_LOCATE: ("app_nearby_may_locate", Level.NOTE),
}
_NEEDS = {
    Need.UNRELATED: ("app_access_unrelated", Level.WARNING), Need.EXPLAINABLE: ("app_access_to_explain", Level.NOTE),
}  # fmt: skip


def findings_of(verdict: AppVerdict) -> Iterator[AppFinding]:
    """What has to be corrected or known, the worst first, and last what could not be read."""
    for asked in verdict.asked:
        if asked.fit.need in _NEEDS:
            rule, level = _NEEDS[asked.fit.need]
            text = f"{asked.access.words.en} ({', '.join(asked.by)}): {asked.fit.why.en}"
            yield AppFinding(rule=rule, level=level, subject=asked.access.id, text=text)
    for sign in verdict.signs:
        yield from _of_sign(sign)
    for part in verdict.facts.unread:
        text = f"{part.part}: {part.why}; not checked for it: {', '.join(part.concerns)}"
        yield AppFinding(rule="app_not_checked", level=Level.OPEN, subject=part.part, text=text)


def _of_sign(sign: AppSign) -> Iterator[AppFinding]:
    if sign.kind in _SIGNS:
        rule, level = _SIGNS[sign.kind]
        for where in sign.where:
            yield AppFinding(rule=rule, level=level, subject=where, text=f"{RULES[rule][0]}: {where}")

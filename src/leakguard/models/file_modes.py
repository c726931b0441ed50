"""Who may read a file that LeakGuard makes: one register of kinds of output, and the one rule that follows from it.

What tells of incidents, people or what is open is for its owner alone, whatever the umask says. What is made to be
handed to others follows the umask. A file that is there already keeps the mode that its owner gave it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from leakguard.frozen import Frozen

OWNER_ALONE, GROUP_TOO, BY_UMASK = 0o600, 0o660, 0o666
FOLDER_OF_OWNER, FOLDER_OF_GROUP = 0o700, 0o2770
"""With the group's bit, so that what others make in the folder belongs to the group as well."""


class Output(StrEnum):
    """A kind of file."""

    STORE = "store"
    HEAD = "head"
    KEY = "key"
    SESSION = "session"
    EVIDENCE = "evidence"
    BUNDLE = "bundle"
    LETTER = "letter"
    REPORT = "report"
    LOG = "log"
    RESULT = "result"
    CALENDAR = "calendar"
    METRICS = "metrics"
    HEARTBEAT = "heartbeat"
    PUBLIC_KEY = "public_key"
    PROGRAM = "program"
    PAGE = "page"
    CONFIGURATION = "configuration"


PRIVATE: Mapping[Output, str] = {
    Output.STORE: "it names what is open where, and who decided what",
    Output.HEAD: "anybody who may change it can hide that somebody cut the end off",
    Output.KEY: "anybody who reads it can sign",
    Output.SESSION: "anybody who reads it is logged in as its owner",
    Output.EVIDENCE: "copies of what was found, such as access logs",
    Output.BUNDLE: "the whole record of an incident; its owner decides who gets it",
    Output.LETTER: "it names a person, or tells an authority what nobody else knows yet",
    Output.REPORT: "the incident as it stands, with names",
    Output.LOG: "alerts, and what would be sent in a drill",
    Output.RESULT: "what a command found, such as open endpoints",
}
"""For their owner alone, and why."""
SERVED: Mapping[Output, str] = {
    Output.CALENDAR: "a calendar program or a web server reads it",
    Output.METRICS: "the agent of a monitoring system reads it",
    Output.HEARTBEAT: "a monitoring system reads whether the watchman lives",
    Output.PUBLIC_KEY: "it is made to be given away",
    Output.PROGRAM: "the verifier, which is public",
    Output.PAGE: "pages about the checks that ship, which are public",
    Output.CONFIGURATION: "what a team edits and keeps under version control: scope, mutes, playbooks, policies",
}
"""Handed to others: by the umask, and why."""
SHARED = frozenset({Output.STORE, Output.HEAD, Output.EVIDENCE})
"""What goes with a store: where it belongs to a named group, that group may read and write it. A key never does."""


class Access(Frozen):
    """Whom the files of a store belong to."""

    group: int | None = None
    """The number of the group that shares it; nothing where its owner has it alone."""


def mode_of(kind: Output, access: Access | None = None) -> int:
    """The mode that a new file of this kind is made with; one that is served loses what the umask takes."""
    if kind in SERVED:
        return BY_UMASK
    is_shared = access is not None and access.group is not None and kind in SHARED
    return GROUP_TOO if is_shared else OWNER_ALONE


def folder_mode(access: Access | None = None) -> int:
    """The mode of a folder that is made for such files."""
    return FOLDER_OF_OWNER if access is None or access.group is None else FOLDER_OF_GROUP

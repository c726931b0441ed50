"""Where a line of a playbook leads: the page that does what its command does stands in place of the command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.web.console.pages.step_words import N_
from leakguard.web.console.render import url_of

_ID = r"[A-Za-z0-9{}_-]+"
_REST = r"[^:：,，;；。]*"
_LINKS: tuple[tuple[str, str, str], ...] = (
    (rf"incident event {_ID} ([a-z_]+){_REST}", "/incidents/{incident}/events/new", N_("Record this event")),
    (rf"incident show {_ID}", "/incidents/{incident}/findings", N_("the page of findings")),
    (rf"clock list{_REST}", "/incidents/{incident}/clocks", N_("Open the clocks")),
    (rf"notice (?:assess|check){_REST}", "/incidents/{incident}/facts", N_("Open facts and duties")),
    (rf"notice draft{_REST}", "/incidents/{incident}/letters", N_("Open the letters")),
    (rf"incident timeline{_REST}", "/incidents/{incident}/timeline", N_("Open the timeline")),
    (rf"(?:scan show|scan note|checks show){_REST}", "/incidents/{incident}/findings", N_("Open the findings")),
    (rf"scan diff{_REST}", "/runs", N_("Open the runs")),
    (rf"scope check{_REST}", "/scope", N_("Open the scope")),
    (rf"scan(?! [a-z]){_REST}", "/scans/new", N_("Start a scan")),
    (rf"evidence add{_REST}", "/incidents/{incident}/evidence", N_("Open the evidence")),
    (rf"evidence verify{_REST}", "/evidence", N_("Open the ledger")),
    (rf"incident comment {_ID}{_REST}", "/incidents/{incident}/comments", N_("Write a comment")),
    (rf"incident close{_REST}", "/incidents/{incident}/close", N_("Close the incident")),
    (rf"playbook run{_REST}", "/incidents/{incident}/steps", N_("Start it on the page of steps")),
    (
        rf"playbook done {_ID} ([a-z_]+) --failed{_REST}",
        "/incidents/{incident}/steps/{step}",
        N_("Record that it failed"),
    ),
    (rf"playbook migrate {_ID} --to ([a-z0-9-]+){_REST}", "/incidents/{incident}/playbook", N_("Change the playbook")),
)
"""A command behind `leakguard`, the page that does the same, and a message."""
_NAMED = {"/incidents/{incident}/events/new": "kind", "/incidents/{incident}/playbook": "to"}
"""What the page is asked for by the name in the command."""
_COMMAND = re.compile(r"leakguard (?=[a-z])")
_OPTION = re.compile(r"\s*[:：]\s*--[a-z]+ \S+$")
"""An option that ends a line: the form of the step has a field for it."""


def lines_in(lines: Sequence[str], incident: str) -> list[list[dict[str, Any]]]:
    """Each line as its parts: texts, and links in the place of commands that a page does."""
    from leakguard.web.console.screens import SCREENS  # noqa: PLC0415  (the register has this page in it)

    known = {screen.path for screen in SCREENS}
    return [list(_parts(line, incident, known)) for line in lines]


def _parts(line: str, incident: str, known: set[str]) -> Iterator[dict[str, Any]]:
    """A text has no `path`."""
    begun = 0
    for command in _COMMAND.finditer(line):
        link = _link(line, command.end(), incident, known)
        if link is None or command.start() < begun:
            continue
        yield {"text": line[begun : command.start()], "path": ""}
        yield link
        begun = link["end"]
    yield {"text": _OPTION.sub(_stop, line[begun:]), "path": ""}


def _stop(option: re.Match[str]) -> str:
    """The full stop that ends a line in the place of an option."""
    return "。" if option[0].lstrip().startswith("：") else "."


def _link(line: str, at: int, incident: str, known: set[str]) -> dict[str, Any] | None:
    """The link for the command whose words begin at `at`; `None` where no page does it."""
    for pattern, path, label in _LINKS:
        found = re.compile(pattern).match(line, at)
        if found is None or path not in known:
            continue
        name = found[1] if found.re.groups else ""
        places = [incident] if "{incident}" in path else []
        places += [name] if "{step}" in path else []
        asked = {_NAMED[path]: name} if path in _NAMED and name else {}
        where = url_of(re.sub(r"\{[a-z]+\}", "{}", path), *places, **asked)
        kind = name if asked.get("kind") else ""
        return {"label": label, "path": where, "kind": kind, "end": found.end()}
    return None

"""Where a line of a playbook leads: the page that does what its command does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.web.console.pages.step_words import N_
from leakguard.web.console.render import url_of

_LINKS: tuple[tuple[str, str, str], ...] = (
    (r"leakguard incident event \S+ ([a-z_]+)", "/incidents/{incident}/events/new", N_("Record this event")),
    (r"leakguard clock list", "/incidents/{incident}/clocks", N_("Open the clocks")),
    (r"leakguard notice (?:assess|check)", "/incidents/{incident}/facts", N_("Open facts and duties")),
    (r"leakguard notice draft", "/incidents/{incident}/letters", N_("Open the letters")),
    (r"leakguard incident timeline", "/incidents/{incident}/timeline", N_("Open the timeline")),
    (r"leakguard scan show", "/incidents/{incident}/findings", N_("Open the findings")),
    (r"leakguard evidence add", "/incidents/{incident}/evidence", N_("Open the evidence")),
    (r"leakguard evidence verify", "/evidence", N_("Open the ledger")),
    (r"leakguard incident close", "/incidents/{incident}/close", N_("Close the incident")),
)
"""A command, the page that does the same, and a message."""


_COMMAND = re.compile(r"(?<=[:：?？])\s*leakguard [^:：,，;；]*$")
"""A command that ends a line."""
_OPTION = re.compile(r"\s*[:：]\s*--[a-z]+ \S+$")
"""An option that ends a line: the form of the step has a field for it."""


def lines_in(lines: Sequence[str], incident: str) -> list[dict[str, Any]]:
    """Each line with the pages that do what its command does, and without the command where there is such a page."""
    found = zip(lines, links_in(lines, incident), strict=True)
    told = [(_COMMAND.sub("", line) if links else line, links) for line, links in found]
    return [{"text": _OPTION.sub(_stop, text), "links": links} for text, links in told]


def _stop(option: re.Match[str]) -> str:
    """The full stop that ends a line in the place of an option."""
    return "。" if option[0].lstrip().startswith("：") else "."


def links_in(lines: Sequence[str], incident: str) -> list[list[dict[str, Any]]]:
    """For each line, the pages that do what its commands do; only pages that there are."""
    from leakguard.web.console.screens import SCREENS  # noqa: PLC0415  (the register has this page in it)

    known = {one.path for one in SCREENS}
    return [list(_links(line, incident, known)) for line in lines]


def _links(line: str, incident: str, known: set[str]) -> Iterator[dict[str, Any]]:
    for pattern, path, label in _LINKS:
        found = re.search(pattern, line)
        if found is not None and path in known:
            kind = found[1] if found.groups() else ""
            place = path.replace("{incident}", "{}")
            yield {
                "label": label,
                "path": url_of(place, *([incident] if "{}" in place else []), kind=kind),
                "kind": kind,
            }

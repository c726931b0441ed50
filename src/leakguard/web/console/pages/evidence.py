"""The evidence of an incident: what was taken in, one item with its custody, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound, UsageProblem
from leakguard.web.console.pages.answers import stated_moment
from leakguard.web.console.pages.step_words import WORDS
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


def listed(desk: Desk) -> PageContext:
    """The items, the newest first."""
    found = desk.ask("list_evidence", path={}, query={"incident": desk.incident})
    return {"words": WORDS, "items": found["items"][::-1], "new": desk.query.get("new", "").split(",")}


def shown(desk: Desk) -> PageContext:
    """One item with its chain of custody."""
    items = desk.ask("list_evidence", path={}, query={"incident": desk.incident})["items"]
    item = next((item for item in items if item["id"] == desk.path["item"]), None)
    if item is None:
        raise NotFound("this incident has no such item of evidence", next_step="See the evidence of the incident.")
    return {"words": WORDS, "item": item}


def add(desk: Desk) -> Done:
    """Take in every file that was sent, each with the same words."""
    uploads = desk.uploads.get("file", ())
    if not uploads:
        raise UsageProblem("no file was chosen", next_step="Choose at least one file.")
    fields = {"source": desk.one("source"), "note": desk.one("note"), "at": stated_moment(desk, "at")}
    new = [
        desk.ask("add_evidence", query={**fields, "name": upload.name or "file"}, upload=upload)["items"][0]["id"]
        for upload in uploads
    ]
    return Done(path=url_of("/incidents/{}/evidence", desk.incident, new=",".join(new)))


def custody(operation: str, field: str) -> Callable[[Desk], Done]:
    """What records an act of custody whose words stand in one field."""

    def perform(desk: Desk) -> Done:
        body: dict[str, Any] = {field: desk.one(f"{operation}-text")}
        desk.ask(operation, path={"item": desk.path["item"]}, body=body)
        return Done(path=url_of("/incidents/{}/evidence/{}", desk.incident, desk.path["item"]))

    return perform


_LIST, _ITEM = "/incidents/{incident}/evidence", "/incidents/{incident}/evidence/{item}"
_ADD = Right.ADD_EVIDENCE
SCREENS = (
    Screen(
        name="incident_evidence", path=_LIST, title="Evidence", template="evidence/list.html", show=listed,
        right=Right.READ_EVIDENCE, section="incidents", tab="Evidence", counts="evidence",
    ),
    Screen(
        name="incident_item", path=_ITEM, title="Item of evidence", template="evidence/item.html", show=shown,
        right=Right.READ_EVIDENCE, section="incidents", under="incident_evidence",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="add_evidence", path=_LIST, screen="incident_evidence", perform=add, right=_ADD, takes_files=True,
        done="Taken in. The hash and the size stand beside it.",
    ),
    Act(
        name="hand_over_evidence", path=f"{_ITEM}/hand-over", screen="incident_item",
        perform=custody("hand_over_evidence", "to"), right=_ADD, done="It is recorded that this was handed over.",
    ),
    Act(
        name="seal_evidence", path=f"{_ITEM}/seal", screen="incident_item", perform=custody("seal_evidence", "seal"),
        right=_ADD, done="The seal is recorded.",
    ),
    Act(
        name="unseal_evidence", path=f"{_ITEM}/unseal", screen="incident_item",
        perform=custody("unseal_evidence", "reason"), right=_ADD, done="It is recorded that the seal was opened.",
    ),
    Act(
        name="hold_evidence", path=f"{_ITEM}/hold", screen="incident_item",
        perform=custody("hold_evidence", "reason"), right=_ADD, done="It is under legal hold now.",
    ),
    Act(
        name="release_evidence", path=f"{_ITEM}/release", screen="incident_item",
        perform=custody("release_evidence", "reason"), right=Right.REDACT_EVIDENCE, done="The legal hold is over.",
    ),
)  # fmt: skip

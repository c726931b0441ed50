"""What people write about an incident; privileged comments are for counsel alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


def listed(desk: Desk) -> PageContext:
    """The comments, the latest first, and the steps that one can be about."""
    found = desk.ask("list_comments")
    try:
        steps = {step["id"]: step["title"] for step in desk.ask("next_steps")["steps"]}
    except NotFound:
        steps = {}
    return {
        "comments": found["comments"][::-1], "withheld": found["withheld"], "steps": steps,
        "pairs": [(name, desk.say(title)) for name, title in steps.items()],
        "may_privileged": desk.may(Right.COMMENT_PRIVILEGED),
    }  # fmt: skip


def add(desk: Desk) -> Done:
    """Write one."""
    body = {"text": desk.one("text"), "step": desk.one("step") or None, "privileged": bool(desk.one("privileged"))}
    desk.ask("add_comment", body=body)
    return Done(path=url_of("/incidents/{}/comments", desk.incident))


SCREENS = (
    Screen(
        name="incident_comments", path="/incidents/{incident}/comments", title="Comments",
        template="incidents/comments.html", show=listed, right=Right.READ_INCIDENTS, section="incidents",
        tab="Comments", counts="comments",
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="add_comment", path="/incidents/{incident}/comments", screen="incident_comments", perform=add,
        right=Right.COMMENT, done="The comment is recorded.",
    ),
)  # fmt: skip

"""Who is not answered: programs, lists and bounces, so that two machines never write to each other (RFC 3834, 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ROBOT = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|.{1,60}[-+](?:bounces?|request|owner))", re.IGNORECASE
)
_LIST = ("list-id", "list-post", "list-unsubscribe", "list-help", "mailing-list")
_BULK = frozenset({"bulk", "list", "junk"})
_RESPONDERS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-failed-recipients", "feedback-id")


def why_machine(head: Mapping[str, str], kind: str, address: str) -> str:
    """What says that a machine sent a mail; empty where nothing does. `head` has names in lower case."""
    submitted = head.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return f"Auto-Submitted: {submitted[:40]}"
    if kind == "multipart/report":
        return "a delivery report"
    if head.get("return-path", "").strip() == "<>":
        return "an empty return path"
    if head.get("precedence", "").strip().lower() in _BULK:
        return f"Precedence: {head['precedence'].strip().lower()[:10]}"
    named = next((name for name in (*_LIST, *_RESPONDERS) if head.get(name)), "")
    if named:
        return f"the header {named.title()}"
    local = address.partition("@")[0]
    return "the name of its sender" if _ROBOT.fullmatch(local) else ""

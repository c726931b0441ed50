"""The scope: what may be probed, by whose permission, until when."""

from __future__ import annotations

from pathlib import Path

from leakguard.accounts.rights import Right
from leakguard.errors import BadFile, NotFound, ScopeRefused
from leakguard.files.opening import read_text
from leakguard.outputs.scope import scope_json
from leakguard.scanning.scope.file import read_scope, refuse_if_not_permitted
from leakguard.use_cases.scans.unknown_endpoints import not_scanned_in
from leakguard.web.call import Answer, Call
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import scans as shapes


def scope_text(call: Call) -> tuple[str, str]:
    """The name of the scope file, and what it says; raises `NotFound`."""
    name = call.wiring.settings.scope
    try:
        return name, read_text(name)
    except BadFile as error:
        raise NotFound(f"there is no scope `{name}`", next_step="Write one: leakguard scope init") from error


def show_scope(call: Call) -> Answer:
    """The scope, as `scope show` has it, also one that permits nothing today, with why."""
    name, text = scope_text(call)
    scope = read_scope(text, name=name)
    refused = None
    try:
        refuse_if_not_permitted(scope, name=name, today=call.wiring.now().date())
    except ScopeRefused as error:
        refused = {"why": error.message, "next_step": error.next_step}
    more = {"file": str(Path(name).absolute()), "refused": refused, "not_scanned": list(not_scanned_in(scope))}
    return Answer(document=scope_json(scope) | more)


OPERATIONS = (
    Operation(
        name="show_scope", method=Method.GET, path="/scope", right=Right.READ_FINDINGS, handler=show_scope,
        needs_store=False, answer=shapes.Scope,
        summary="Show the scope: what may be probed, by whose permission, and when that ends.",
        also="A scope that permits nothing today, such as one that has expired, says why in `refused`.",
    ),
)  # fmt: skip

"""About the API itself: whether it is well, who asks, its document and its documentation page."""

from __future__ import annotations

import json

from leakguard import __version__
from leakguard.accounts.rights import Right
from leakguard.errors import LeakGuardError, NotLoggedIn
from leakguard.outputs.accounts import caller_json
from leakguard.web.call import Answer, Call
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import meta as shapes


def health(call: Call) -> Answer:
    """Whether the server answers and its store can be read; nothing of what is in it."""
    try:
        call.wiring.need_store()
        call.wiring.store.head()
        store = "ok"
    except LeakGuardError:
        store = "unusable"
    document = {"status": "ok" if store == "ok" else "degraded", "store": store, "version": __version__}
    return Answer(document=document, status=200 if store == "ok" else 503)


def me(call: Call) -> Answer:
    """Who asks, with which roles and rights."""
    if call.caller is None:
        raise NotLoggedIn("nobody is logged in", next_step="Send a token: Authorization: Bearer lg_...")
    return Answer(document=caller_json(call.caller))


def document(_: Call) -> Answer:
    """The OpenAPI document."""
    from leakguard.web.openapi import document_text  # noqa: PLC0415  (it names every operation, and this is one)

    return Answer(document=json.loads(document_text()))


def page(_: Call) -> Answer:
    """The documentation page."""
    from leakguard.web.docs_page import docs_page  # noqa: PLC0415  (as above)

    return Answer(chunks=(docs_page().encode(),), media="text/html; charset=utf-8")


def style(_: Call) -> Answer:
    """The style of the documentation page."""
    from leakguard.web.docs_page import STYLE  # noqa: PLC0415  (as above)

    return Answer(chunks=(STYLE.encode(),), media="text/css; charset=utf-8")


OPERATIONS = (
    Operation(
        name="health", method=Method.GET, path="/health", right=None, handler=health, needs_store=False,
        answer=shapes.Health, summary="Say whether the server answers and its store can be read.",
    ),
    Operation(
        name="me", method=Method.GET, path="/me", right=Right.READ_HEALTH, handler=me, needs_store=False,
        answer=shapes.Me, summary="Say who asks, with which roles and rights.",
    ),
    Operation(
        name="openapi", method=Method.GET, path="/openapi.json", right=None, handler=document, needs_store=False,
        answer=shapes.Anything, summary="This document.",
    ),
    Operation(
        name="docs", method=Method.GET, path="/docs", right=None, handler=page, needs_store=False,
        media=("text/html",), summary="The documentation page: it needs no network and no script.",
    ),
    Operation(
        name="docs_style", method=Method.GET, path="/docs.css", right=None, handler=style, needs_store=False,
        media=("text/css",), summary="The style of the documentation page.",
    ),
)  # fmt: skip

"""A chat app: a page whose script names its backend, and that backend, which answers everybody as a Firebase does."""

from __future__ import annotations

from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.elastic_pages import CANARY
from leakguard.demolab.http import HttpAnswer, HttpAsk, json_answer

_LOOKING = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND"})
_ANSWERED = frozenset({"GET", "HEAD"})
SCRIPT = "/assets/chat-5f3a1c.js"
_PAGE = (
    f'<!doctype html><html lang="en"><title>Campus chat</title><script type="module" src="{SCRIPT}"></script></html>'
)
_CODE = (
    'const c={apiKey:"AIzaSyDemoDemoDemoDemoDemoDemoDemoDemo0",authDomain:"campus-chat.firebaseapp.com",'
    'databaseURL:"https://campus-chat-default-rtdb.firebaseio.com",projectId:"campus-chat"};'
    'export const chats=d=>d.collection("chats");'
)
_DATA = {"messages": {"m1": {"from": "demo", "text": CANARY}}, "users": {"u1": {"mail": f"{CANARY}@example.edu"}}}


class ChatPage:
    """The page and its one script."""

    def __init__(self, name: str, log: AskLog) -> None:
        self._name = name
        self._log = log

    def handle(self, ask: HttpAsk) -> HttpAnswer:
        """The page at the root, the script beside it, and nothing else."""
        self._log.note(self._name, ask.method, ask.target, _sort_of(ask))
        if ask.method not in _ANSWERED:
            return HttpAnswer(status=405)
        pages = {"/": (_PAGE, "text/html; charset=utf-8"), SCRIPT: (_CODE, "text/javascript")}
        text, kind = pages.get(ask.path, ("", ""))
        return HttpAnswer(body=text.encode(), content_type=kind) if text else HttpAnswer(status=404)


class ChatBackend:
    """A Realtime Database whose rules let everybody read: a name without data is answered with `null`."""

    def __init__(self, name: str, log: AskLog) -> None:
        self._name = name
        self._log = log

    def handle(self, ask: HttpAsk) -> HttpAnswer:
        """As the REST interface answers; a question for data that is there counts as reading records."""
        first = ask.path.removesuffix(".json").strip("/").partition("/")[0]
        is_data = ask.path.endswith(".json") and (not first or first in _DATA)
        is_read = is_data and ask.method in _ANSWERED
        self._log.note(self._name, ask.method, ask.target, Sort.READS_RECORDS if is_read else _sort_of(ask))
        if ask.method not in _ANSWERED:
            return HttpAnswer(status=405)
        if not ask.path.endswith(".json"):
            return HttpAnswer(status=404)
        return json_answer(_DATA.get(first) if first else _DATA)


def _sort_of(ask: HttpAsk) -> Sort:
    return Sort.LOOKS if ask.method in _LOOKING else Sort.WRITES

"""The words of a sweep over HTTP: all of a question but the line that names the host is made, and looked into, once."""

from __future__ import annotations

from leakguard.ports import Request
from leakguard.probes.protocols.http.client import about_of, headers_for, http_command, question_command
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.wire.verbs import AnyHost, ReadCommand

MOST = 1024
"""Questions remembered. The checks of one port ask a few dozen; those about names that a host told are countless."""


class HttpWords:
    """Makes the commands of a run."""

    def __init__(self, user_agent: str) -> None:
        """`user_agent` says who asks."""
        self._user_agent = user_agent
        self._known: dict[tuple[str, str], AnyHost] = {}

    def __len__(self) -> int:
        """How many questions are remembered."""
        return len(self._known)

    def command(self, request: Request, host: str) -> ReadCommand:
        """The command that puts `request` to `host`, as its line is to name it."""
        if request.headers:
            return self._whole(request, host)
        known = self._known.get((request.method, request.what))
        if known is not None:
            return known.at(host)
        command = self._whole(request, host)
        if len(self._known) < MOST:
            self._known[request.method, request.what] = AnyHost(command, host)
        return command

    def _whole(self, request: Request, host: str) -> ReadCommand:
        headers = headers_for(host, self._user_agent, request.headers)
        if request.method in QUESTIONS:
            return question_command(request.method, headers, about_of(request.what))
        return http_command(request.method, request.what, headers)

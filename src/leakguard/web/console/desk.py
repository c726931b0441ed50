"""What a page and an act are given: who asks, what was asked, and the operations of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import ACTION_RIGHTS, EVENT_RIGHTS
from leakguard.translations.catalogue import Catalogue
from leakguard.use_cases.accounts.callers import Caller, refuse_without
from leakguard.use_cases.accounts.manage_accounts import who_may
from leakguard.web.call import Answer, Call, Upload
from leakguard.web.dispatch import read_model
from leakguard.web.operation import Operation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from leakguard.accounts.rights import Right
    from leakguard.errors import LeakGuardError, Problem
    from leakguard.web.jobs import Jobs
    from leakguard.web.request_wiring import RequestWiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an act was not done, for the page that shows its form again."""

    act: str
    error: LeakGuardError
    problems: Sequence[Problem] = ()


@dataclass(slots=True, kw_only=True)
class Desk:
    """One request of a person; a page only reads it."""

    caller: Caller
    wiring: RequestWiring
    jobs: Jobs
    words: Catalogue
    zone: ZoneInfo
    """The zone in which this reader sees times."""
    now: datetime
    operations: Mapping[str, Operation]
    """All of the API, by their names."""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What a form brought, each field with all its values; empty where a page is read."""
    uploads: Mapping[str, Sequence[Upload]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    token: str = ""
    """What each form brings back."""
    names: dict[str, str] = field(default_factory=dict)
    """Plain names of ids, as far as this page has looked them up."""
    asked: dict[str, Any] = field(default_factory=dict)
    """The documents that were asked for them."""
    has_passkeys: bool = False
    """Whether this server lets somebody log in by a passkey."""

    @property
    def incident(self) -> str:
        """The incident that the path names."""
        return self.path["incident"]

    def may(self, right: Right | None) -> bool:
        """Whether the person has a right."""
        return right is None or self.caller.may(right)

    def who_may(self, right: Right) -> tuple[str, ...]:
        """The names of those who have a right that this person lacks."""
        return who_may(self.wiring.store, right)

    def can(self, operation: str) -> bool:
        """Whether the person may ask an operation of the API."""
        return self.may(self.operations[operation].right)

    def may_record(self, *kinds: str) -> bool:
        """Whether the person may record events of all these kinds, and correct them."""
        return self.can("record_event") and all(self.may(EVENT_RIGHTS.get(kind)) for kind in kinds)

    def may_run(self, action: str) -> bool:
        """Whether the person may have a machine do this action of a step."""
        return self.can("run_steps") and self.may(ACTION_RIGHTS.get(action))

    def ask(
        self,
        name: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | str | None = None,
        upload: Upload | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The document of an operation, as the API gives it; `path` is that of the page where nothing else is said.

        Raises what the operation raises, `RightMissing`, and `RequestRefused` for what does not fit it.
        """
        return self.answer(name, path=path, query=query, body=body, upload=upload, headers=headers).document

    def answer(
        self, name: str, *, path: Mapping[str, str] | None = None, query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | str | None = None, upload: Upload | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:  # fmt: skip
        """The whole answer, as where it is a file; `headers` such as `if-match`, in lower case."""
        operation = self.operations[name]
        if operation.right is not None:
            refuse_without(self.caller, operation.right)
        if operation.needs_store:
            self.wiring.need_store()
        call = Call(
            caller=self.caller, wiring=self.wiring, jobs=self.jobs, path=dict(path if path is not None else self.path),
            query=read_model(operation.query, dict(query or {}), "query"), body=_body(operation, body), upload=upload,
            headers=dict(headers or {}), environment=self.environment,
        )  # fmt: skip
        return operation.handler(call)

    def one(self, name: str, default: str = "") -> str:
        """The only value of a field of the form, without the blanks around it."""
        values = self.form.get(name, ())
        return values[-1].strip() if values else default

    def all(self, name: str) -> list[str]:
        """Every value of a field of the form that is not empty."""
        return [value.strip() for value in self.form.get(name, ()) if value.strip()]

    def say(self, message: str) -> str:
        """A message or a text of our data in the reader's language."""
        return self.words.said(message)


def _body(operation: Operation, body: Mapping[str, Any] | str | None) -> Any:  # noqa: ANN401  (a model of any kind)
    if isinstance(body, str):
        return body
    if operation.request is None:
        return None
    return read_model(operation.request, json.loads(json.dumps(body or {})), "body")

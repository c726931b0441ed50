"""Requests with an idempotency key in the store: which of them began, what each recorded, and what was answered.

What a request records and the note of it here are one transaction. So after a server was killed, the note says for
certain whether the request had recorded anything, and no second attempt can record it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.ledger.entries import Entry
from leakguard.models.accounts import AnsweredRequest, PendingRequest
from leakguard.models.moments import to_z
from leakguard.store.account_rows import answered_of, answered_row
from leakguard.store.connection import Connection
from leakguard.store.store_part import StorePart
from leakguard.store.tables import IDEMPOTENCY

_REQUESTS = f"SELECT {', '.join(IDEMPOTENCY)} FROM idempotency WHERE actor = ? AND key = ?"  # noqa: S608  (our own names)


class RequestKeys(StorePart):
    """Part of `SqlStore`; see `ports.accounts.AccountStore`."""

    _working: AnsweredRequest | None = None
    """The request that this store works for, if it has a key."""

    def begin_request(self, request: AnsweredRequest) -> AnsweredRequest | None:
        """See `ports.accounts.AccountStore.begin_request`."""
        with self._database.writing() as connection:
            found = _kept(connection, request)
            if found is None:
                connection.insert("idempotency", IDEMPOTENCY, [answered_row(request)])
            return found

    def take_request(self, request: AnsweredRequest, before: AnsweredRequest) -> bool:
        """See `ports.accounts.AccountStore.take_request`."""
        with self._database.writing() as connection:
            if _kept(connection, request) != before:
                return False
            _keep(connection, request)
            return True

    def work_for(self, request: AnsweredRequest) -> None:
        """See `ports.accounts.AccountStore.work_for`."""
        self._working = request

    def answer_request(self, request: AnsweredRequest) -> None:
        """See `ports.accounts.AccountStore.answer_request`."""
        with self._database.writing() as connection:
            if self._working is None or _is_at_work(connection, self._working):
                _keep(connection, request)

    def recorded_by_request(self, actor: str, key: str) -> PendingRequest | None:
        """See `ports.accounts.AccountStore.recorded_by_request`."""
        with self._database.reading() as connection:
            row = connection.first(_REQUESTS, actor, key)
        return PendingRequest.of(answered_of(row).answer) if row is not None and not answered_of(row).status else None

    def forget_request(self, actor: str, key: str) -> None:
        """See `ports.accounts.AccountStore.forget_request`."""
        with self._database.writing() as connection:
            connection.run("DELETE FROM idempotency WHERE actor = ? AND key = ?", actor, key)

    def forget_requests(self, *, before: datetime) -> None:
        """See `ports.accounts.AccountStore.forget_requests`."""
        with self._database.writing() as connection:
            connection.run("DELETE FROM idempotency WHERE at < ?", to_z(before))

    def _note_recorded(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Note in the transaction of the entries that this request recorded them.

        Raises `NotAllowed` where another attempt took the request over: then nothing of this one is recorded.
        """
        working = self._working
        if working is None or not entries:
            return
        found = _kept(connection, working)
        if found is None or not _is_same_attempt(found, working):
            raise NotAllowed(
                "another request with the same idempotency key took the place of this one",
                next_step="Send the request again with the same key: it answers what the other one did.",
            )
        begun = PendingRequest.of(found.answer)
        more = tuple((entry.sequence, entry.kind, entry.subject) for entry in entries)
        _keep(connection, replace(found, answer=replace(begun, entries=begun.entries + more).as_text()))


def _kept(connection: Connection, request: AnsweredRequest) -> AnsweredRequest | None:
    row = connection.first(_REQUESTS, request.actor, request.key)
    return answered_of(row) if row is not None else None


def _keep(connection: Connection, request: AnsweredRequest) -> None:
    connection.run(
        "UPDATE idempotency SET status = ?, answer = ?, at = ? WHERE actor = ? AND key = ?",
        request.status, request.answer, to_z(request.at), request.actor, request.key,
    )  # fmt: skip


def _is_at_work(connection: Connection, request: AnsweredRequest) -> bool:
    found = _kept(connection, request)
    return found is not None and _is_same_attempt(found, request)


def _is_same_attempt(found: AnsweredRequest, request: AnsweredRequest) -> bool:
    return not found.status and PendingRequest.of(found.answer).attempt == PendingRequest.of(request.answer).attempt

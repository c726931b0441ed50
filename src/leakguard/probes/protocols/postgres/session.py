"""PostgreSQL: does it let anybody in (`trust`), and how much does its catalogue say there is?

`startup` starts a session as a user that cannot exist: a server with `trust` says "you are in" before it looks for
the user, any other server asks for a password, and that is where we stop.
`sizes` starts a session as `postgres` only after `startup` has proven that no password is asked from anybody. This is
no guess of a credential: none is sent, and none can be, since the list of read commands holds no password message.
If the server asks for one after all, the session ends there.
`own_account` starts a session as `postgres` although others are asked for a password: once, and only where the owner of
the assets allows it in the scope, which is asked again before each such connection. No password is sent then either.
Each session is begun as one that only reads. PgBouncer refuses to begin such a session, before it asks for a login: it
is asked once more for a plain one, and no question follows in that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled, whole_number
from leakguard.probes.protocols.postgres.caller import PostgresCaller
from leakguard.probes.protocols.postgres.gate import CATALOGUE_SELECT, COLUMNS_SELECT, TERMINATE
from leakguard.probes.protocols.postgres.names import MOST_DATABASES, ColumnNames
from leakguard.probes.protocols.postgres.reader import MessagesReader, query_message, startup_message
from leakguard.probes.session import KindSession, SessionSetup, no_leave, reply_to
from leakguard.probes.wire.verbs import ReadCommand

NOBODY = "leakguard-no-such-user"
TRUSTED = "postgres"
"""Who asks after `startup` has proven that nobody is asked for a password."""
_BYE = ReadCommand(kind="postgres", verb="terminate", data=TERMINATE)
_QUERY = ReadCommand(kind="postgres", verb="query", data=query_message(CATALOGUE_SELECT))
_COLUMNS = 5


class _Started(Frozen):
    """How the server met a start-up."""

    ended: Ending
    auth: int | None = None
    sqlstate: str | None = None
    is_refused: bool = False
    size: int = 0
    seconds: float = 0.0


_READ_ONLY = {"default_transaction_read_only": "on"}
_PROTOCOL_VIOLATION = "08P01"
"""By this code PgBouncer refuses a parameter that it does not know."""
_NO_ROLE = "28000"
"""Behind a successful authentication: there is no role of that name, or it may not log in."""
_DEMANDS = range(13)
"""The codes of authentication, from "you are in" to the end of SASL (PostgreSQL's protocol, chapter 55.7)."""


class PostgresSession(KindSession):
    """`startup` gives `{"auth", "sqlstate", "refused", "ssl"}`.

    `sizes` gives `{"databases", "bytes", "tables", "rows_estimate", "version", "trust", "role_missing"}`.
    `auth` is the code of PostgreSQL's authentication message: 0 in, 3 clear password, 5 MD5, 10 SCRAM; `None` when
    the server answered with an error (`refused`; `sqlstate` is its code, if it told one) before asking.
    `sizes` counts databases and their bytes over the whole server, tables and rows in the database `postgres` alone.
    `own_account` gives `{"tried"}`, and where it was tried `{"let_in", "auth", "sqlstate"}` and the numbers of `sizes`.
    `columns` gives `{"columns": [[table, column, different values or None]], "databases": [name], "requests"}` of the
    database `postgres` and of at most five others whose names are plain words.
    """

    kind = "postgres"

    def __init__(self, caller: Caller, leave: Callable[[], bool] = no_leave) -> None:
        super().__init__(caller)
        self._leave = leave
        self._trust: bool | None = None
        self._parameters = _READ_ONLY

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session whose lines ask for TLS in PostgreSQL's own way."""
        return cls(PostgresCaller(way.door, way.endpoint, way.timeouts, way.visit), way.leave)

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the four questions."""
        ways = {
            "startup": self._startup, "sizes": self._sizes, "columns": self._columns, "own_account": self._own_account,
        }  # fmt: skip
        return await ways[request.method](request, cap)

    async def _startup(self, request: Request, cap: int) -> Reply:
        started = await self._start(NOBODY, cap)
        self._hang_up()
        if started.sqlstate == _PROTOCOL_VIOLATION and self._parameters:
            self._parameters = {}
            started = await self._start(NOBODY, cap)
            self._hang_up()
        if started.ended is not Ending.COMPLETE:
            return reply_to(request, ended=started.ended, size_bytes=started.size, seconds=started.seconds)
        self._trust = started.auth == 0
        document = {
            "auth": started.auth, "sqlstate": started.sqlstate, "refused": started.is_refused,
            "ssl": self._caller.in_tls,
        }  # fmt: skip
        return reply_to(
            request, ended=started.ended, document=document, size_bytes=started.size, seconds=started.seconds
        )

    async def _sizes(self, request: Request, cap: int) -> Reply:
        document: dict[str, Any] = dict.fromkeys(("databases", "bytes", "tables", "rows_estimate", "version"))
        if self._trust is None:
            await self._startup(request, cap)
        if not self._trust:
            return reply_to(request, ended=Ending.COMPLETE, document=document | {"trust": False, "role_missing": None})
        started = await self._start(TRUSTED, cap)
        size = started.size
        if self._may_ask(started):
            answer = await self._caller.call(_QUERY, MessagesReader, cap=cap, again=False)
            size += answer.size
            document |= _counted(answer.reader)
        self._hang_up()
        document |= {"trust": True, "role_missing": started.sqlstate == _NO_ROLE}
        return reply_to(request, ended=started.ended, document=document, size_bytes=size, seconds=started.seconds)

    async def _own_account(self, request: Request, cap: int) -> Reply:
        if not self._leave():
            return reply_to(request, ended=Ending.COMPLETE, document={"tried": False})
        started = await self._start(TRUSTED, cap)
        let_in = started.auth == 0 and started.sqlstate != _NO_ROLE
        document: dict[str, Any] = {
            "tried": True, "let_in": let_in, "auth": started.auth, "sqlstate": started.sqlstate,
            **dict.fromkeys(("databases", "bytes", "tables", "rows_estimate", "version")),
        }  # fmt: skip
        size = started.size
        if self._may_ask(started):
            answer = await self._caller.call(_QUERY, MessagesReader, cap=cap, again=False)
            size += answer.size
            document |= _counted(answer.reader)
        self._hang_up()
        return reply_to(request, ended=started.ended, document=document, size_bytes=size, seconds=started.seconds)

    async def _columns(self, request: Request, cap: int) -> Reply:
        """Names only where `startup` has proven that nobody is asked for a password."""
        if self._trust is None:
            await self._startup(request, cap)
        names = ColumnNames()
        waiting = ["postgres"] if self._trust else []
        while waiting and len(names.asked) < MOST_DATABASES:
            database = waiting.pop(0)
            started = await self._start(TRUSTED, cap, database)
            row: list[str | None] | None = None
            size = started.size
            if self._may_ask(started):
                answer = await self._caller.call(columns_query(), MessagesReader, cap=cap, again=False)
                row, size = _row(answer.reader), size + answer.size
            self._hang_up()
            waiting += names.take(database, row, size)
        return reply_to(request, ended=Ending.COMPLETE, document=names.document(), size_bytes=names.size)

    async def _start(self, user: str, cap: int, database: str = "postgres") -> _Started:
        """Start a session as `user`, in TLS where the server offers it."""
        parameters = {"user": user, "database": database, **self._parameters}
        command = ReadCommand(kind="postgres", verb="startup", data=startup_message(parameters))
        answer = await self._caller.call(command, MessagesReader, cap=cap)
        auth = answer.reader.auth()
        is_known = auth is None or auth in _DEMANDS
        return _Started(
            ended=answer.ended if is_known or answer.ended is not Ending.COMPLETE else Ending.GARBLED,
            auth=auth,
            sqlstate=answer.reader.sqlstate(),
            is_refused=answer.reader.is_refused,
            size=answer.size,
            seconds=answer.seconds,
        )

    def _may_ask(self, started: _Started) -> bool:
        """Whether a session was begun, and is one that only reads."""
        is_in = started.auth == 0 and started.sqlstate is None
        return is_in and bool(self._parameters) and self._caller.connected

    def _hang_up(self) -> None:
        """Say goodbye where somebody listens; then the line is dropped either way."""
        self._caller.part(_BYE)


def columns_query() -> ReadCommand:
    """The question for the names of columns."""
    return ReadCommand(kind="postgres", verb="columns", data=query_message(COLUMNS_SELECT))


def _row(reader: MessagesReader) -> list[str | None] | None:
    """The one row of an answer, or nothing if the server would not answer."""
    try:
        return reader.row()
    except Garbled:
        return None


def _counted(reader: MessagesReader) -> dict[str, Any]:
    """The one row of the catalogue query, or nothing if the server would not answer it."""
    row = _row(reader)
    if row is None or len(row) != _COLUMNS:
        return {}
    databases, size, tables, rows = (whole_number(value) for value in row[:4])
    version = (row[4] or "").split(" ", 1)[0][:64] or None
    return {"databases": databases, "bytes": size, "tables": tables, "rows_estimate": rows, "version": version}

"""MySQL and MariaDB: do they let in anybody, and how much does their catalogue say there is?

`login` logs in as a user that cannot exist, without a password. A server with an anonymous account, or one that was
started without its grant tables, says "you are in"; any other refuses, and that is where we stop. No account that
may exist is tried, with one exception: `own_account` logs in as `root` without a password, once, where the owner of the
assets allows it in the scope, which is asked again before each such connection.
A server that asks for another method of proof is told once that there is no password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.formats.reading import Garbled, whole_number
from leakguard.probes.protocols.mysql.caller import MysqlCaller, mysql_command
from leakguard.probes.protocols.mysql.reader import Greeting, PacketsReader
from leakguard.probes.session import KindSession, SessionSetup, no_leave, reply_to
from leakguard.probes.wire.verbs import ReadCommand

SPOKEN = 10
"""The version of the handshake in which a login is tried."""
_NAMES = 2
_MOST_ROWS = 3_016
"""What `COLUMNS_SELECT` asks for, and the packets around it."""
_COLUMNS = ("tables", "rows_estimate", "bytes", "schemas", "skip_grants")


class _LoginAnswer(Frozen):
    """How the server met the login."""

    ended: Ending = Ending.COMPLETE
    greeting: Greeting | None = None
    let_in: bool = False
    asks: bool = False
    error: int | None = None


class MysqlSession(KindSession):
    """`login` gives `{"let_in", "asks", "error", "product", "version", "protocol", "ssl"}`.

    `error` is MySQL's number of an error or `None`, `asks` whether a proof was asked for that we do not have.
    `sizes` gives `{"tables", "rows_estimate", "bytes", "schemas", "skip_grants"}`, each a number or `None`:
    what the catalogue shows to a user that cannot exist, without the server's own schemas.
    `own_account` gives `{"tried"}`, and where it was tried all of `login` and of `sizes`, as `root` is told.
    `columns` gives `{"columns": [[table, column]]}`, at most 3,000.
    """

    kind = "mysql"

    def __init__(self, caller: MysqlCaller, leave: Callable[[], bool] = no_leave) -> None:
        super().__init__(caller)
        self._mysql = caller
        self._leave = leave

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """MySQL's TLS begins inside its own protocol."""
        return cls(MysqlCaller(way.door, way.endpoint, way.timeouts, way.approach, way.visit), way.leave)

    async def answer(self, request: Request, cap: int) -> Reply:
        """Log in; then count, if that is the question."""
        is_own = request.method == "own_account"
        if is_own and not self._leave():
            return reply_to(request, ended=Ending.COMPLETE, document={"tried": False})
        try:
            met = await self._log_in(cap, "own_login" if is_own else "login")
            if met.greeting is None:
                return self._mysql.reply(request, met.ended, None)
            return self._mysql.reply(request, met.ended, await self._answer(request, met, met.greeting, cap))
        except Garbled:
            return self._mysql.reply(request, Ending.GARBLED, None)
        finally:
            self._caller.part(mysql_command("quit"))

    async def _log_in(self, cap: int, verb: str) -> _LoginAnswer:
        """The greeting, TLS where it is offered, the login, and once the answer that there is no password."""
        greeted = await self._mysql.greet()
        if greeted.ended is not Ending.COMPLETE:
            return _LoginAnswer(ended=greeted.ended)
        greeting = greeted.reader.greeting()
        if greeting.error is not None or greeting.protocol != SPOKEN:
            return _LoginAnswer(greeting=greeting, error=greeting.error)
        answer = await self._mysql.say(self._command(verb), PacketsReader, cap=cap)
        if answer.reader.switches and self._caller.connected:
            answer = await self._mysql.say(self._command("no_password"), PacketsReader, cap=cap)
        reader = answer.reader
        return _LoginAnswer(
            ended=answer.ended, greeting=greeting, let_in=reader.is_ok, asks=reader.asks, error=reader.error()
        )

    def _command(self, verb: str) -> ReadCommand:
        return mysql_command(f"{verb}_in_tls" if self._caller.in_tls else verb)

    def _login_document(self, met: _LoginAnswer, greeting: Greeting) -> dict[str, Any]:
        return {
            "let_in": met.let_in,
            "asks": met.asks,
            "error": met.error,
            "product": greeting.product,
            "version": greeting.version,
            "protocol": greeting.protocol,
            "ssl": self._caller.in_tls,
        }

    async def _answer(self, request: Request, met: _LoginAnswer, greeting: Greeting, cap: int) -> dict[str, Any]:
        if request.method == "login":
            return self._login_document(met, greeting)
        if request.method == "own_account":
            return {"tried": True, **self._login_document(met, greeting), **await self._sizes(met, cap)}
        return await (self._sizes if request.method == "sizes" else self._columns)(met, cap)

    async def _columns(self, met: _LoginAnswer, cap: int) -> dict[str, Any]:
        """Names as UTF-8, whatever of them the server would tell."""
        rows: list[list[str | None]] = []
        if met.let_in:
            command = mysql_command("columns")
            answer = await self._mysql.say(command, lambda: PacketsReader(until_end=True, most=_MOST_ROWS), cap=cap)
            rows = answer.reader.rows() if answer.ended is Ending.COMPLETE else []
        named = [[_utf8(value) for value in row] for row in rows if len(row) == _NAMES and None not in row]
        return {"columns": named}

    async def _sizes(self, met: _LoginAnswer, cap: int) -> dict[str, Any]:
        """The one row of the catalogue query; each number `None` if the server would not answer it."""
        row: list[str | None] | None = None
        if met.let_in:
            answer = await self._mysql.say(mysql_command("query"), lambda: PacketsReader(until_end=True), cap=cap)
            row = answer.reader.row() if answer.ended is Ending.COMPLETE else None
        if row is None or len(row) != len(_COLUMNS):
            return dict.fromkeys(_COLUMNS)
        return {name: whole_number(value) for name, value in zip(_COLUMNS, row, strict=True)}


def _utf8(value: str | None) -> str:
    """The row as the reader gives it has a letter for each byte."""
    return (value or "").encode("latin-1", "replace").decode("utf-8", "replace")

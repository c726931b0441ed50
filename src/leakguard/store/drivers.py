"""Opens connections: SQLite in the mode in which two processes may write at once and a kill loses nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from leakguard.frozen import Frozen
from leakguard.models.file_modes import Access, Output
from leakguard.store.connection import BUSY_SECONDS as BUSY_SECONDS  # noqa: PLC0414  (the store asks for it here)
from leakguard.store.connection import Connection
from leakguard.store.failures import unusable
from leakguard.store.new_files import ALONE, new_file

_JOURNALS = ("-wal", "-shm", "-journal")
"""Files that stand beside a store while a process has it open, and after one was killed."""


class StillFile(Frozen):
    """A file that is read as if it could not change, and how it stood when it was opened."""

    path: Path
    stood: tuple[int, int, int]

    @property
    def address(self) -> str:
        """The URI by which SQLite takes no lock and makes no file."""
        return f"{self.path.as_uri()}?mode=ro&immutable=1"

    def refuse_changed(self) -> None:
        """Raise `StoreUnusable` if it was written meanwhile after all, by somebody who may write where we may not."""
        if _standing(self.path) != self.stood:
            raise unusable(
                str(self.path), "was written while it was read, so what was read may not fit together",
                "Run the command again.",
            )  # fmt: skip


def still_file(place: str) -> StillFile | None:
    """The file, where no journal stands beside it and none can be made; nothing where SQLite manages by itself.

    A journal may hold what the file does not hold yet, and says that another process may be writing.
    """
    path = Path(place).resolve()
    if place == ":memory:" or not path.is_file() or os.access(path.parent, os.W_OK):
        return None
    if any(path.with_name(f"{path.name}{suffix}").exists() for suffix in _JOURNALS):
        return None
    return StillFile(path=path, stood=_standing(path))


def file_without_journal(place: str) -> StillFile | None:
    """The file, where its journal holds nothing: for a full disk, on which SQLite cannot even begin to read."""
    path = Path(place).resolve()
    waiting = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-journal"))
    if any(file.exists() and file.stat().st_size for file in waiting):
        return None
    return StillFile(path=path, stood=_standing(path))


def _standing(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


_POSTGRES_LOCK = 0x6C67  # "lg"; one writer at a time, as in SQLite, also while there is no table to lock yet


class Driver(Protocol):
    """One kind of database."""

    @property
    def is_sqlite(self) -> bool:
        """Whether it is SQLite."""

    @property
    def error(self) -> type[Exception]:
        """What all of the driver's own errors are."""

    @property
    def is_reusable(self) -> bool:
        """Whether its connections serve for further transactions; not those of a full disk: it may have room again."""

    def connect(self) -> Any:  # noqa: ANN401  (the driver's own connection)
        """A new connection."""

    def begin(self, raw: Any, *, is_write: bool) -> None:  # noqa: ANN401  (as above)
        """Begin a transaction; one that writes takes the write lock at once."""

    def refuse_changed(self) -> None:
        """Raise `StoreUnusable` where what was read may be of no one state."""


class SqliteDriver:
    """A SQLite file, or what a URL of SQLAlchemy names."""

    is_sqlite = True
    error: type[Exception] = sqlite3.Error

    def __init__(self, place: str, *, busy_seconds: float, is_uri: bool = False) -> None:
        self._place = place
        self._busy_seconds = busy_seconds
        self._is_uri = is_uri
        self._still: StillFile | None = None
        self._is_full = False
        """Whether the disk has no room for what SQLite shares between processes: then nothing can be written."""

    @property
    def is_reusable(self) -> bool:
        """See `Driver.is_reusable`."""
        return not self._is_full

    def connect(self) -> sqlite3.Connection:
        """Take transactions into our own hands: the driver begins late, and a late lock is a lost race."""
        place, is_uri = self._place, self._is_uri
        if not is_uri and (still := still_file(place)) is not None:
            self._still = self._still or still
            place, is_uri = still.address, True
        try:
            raw = self._opened(place, is_uri=is_uri)
        except sqlite3.OperationalError as error:
            no_room = not is_uri and error.sqlite_errorname.startswith("SQLITE_IOERR_SHM")
            still = file_without_journal(place) if no_room else None
            if still is None:
                raise
            self._still, self._is_full = still, True
            return self._opened(still.address, is_uri=True)
        if self._is_full:
            self._still, self._is_full = None, False
        return raw

    def _opened(self, place: str, *, is_uri: bool) -> sqlite3.Connection:
        raw = sqlite3.connect(
            place, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False, uri=is_uri
        )
        with ExitStack() as unless_it_is_ours:
            unless_it_is_ours.callback(raw.close)
            raw.text_factory = _lenient
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten, not merely let go
            unless_it_is_ours.pop_all()
        return raw

    def begin(self, raw: Any, *, is_write: bool) -> None:  # noqa: ANN401  (as above)
        """See `Driver.begin`."""
        if is_write and self._is_full:
            raise sqlite3.OperationalError("database or disk is full")
        raw.execute("BEGIN IMMEDIATE" if is_write else "BEGIN")

    def refuse_changed(self) -> None:
        """See `Driver.refuse_changed`."""
        if self._still is not None:
            self._still.refuse_changed()


class PostgresDriver:
    """A PostgreSQL server."""

    is_sqlite = False
    is_reusable = True

    def __init__(self, module: Any, arguments: tuple[Any, Any], *, busy_seconds: float) -> None:  # noqa: ANN401  (psycopg)
        self._module = module
        self.error: type[Exception] = module.Error
        self._arguments = arguments
        self._patience = f"{busy_seconds * 1000:.0f}ms"

    def connect(self) -> Any:  # noqa: ANN401  (as above)
        """A connection that begins a transaction with its first statement."""
        listed, named = self._arguments
        return self._module.connect(*listed, **named)

    def begin(self, raw: Any, *, is_write: bool) -> None:  # noqa: ANN401  (as above)
        """See `Driver.begin`. Somebody may have locked a table for readers as well."""
        raw.cursor().execute(f"SET LOCAL lock_timeout = '{self._patience}'")
        if is_write:
            raw.cursor().execute(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")

    def refuse_changed(self) -> None:
        """A server keeps the states apart itself."""


class Pool:
    """Connections that are not in use; a reader may be in the middle of one when the next transaction begins."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._idle: list[Any] = []

    @contextmanager
    def transaction(self, *, is_write: bool = False) -> Iterator[Connection]:
        """A transaction; one that writes is on the disk when it ends, one that reads ends without a commit."""
        raw = self._idle.pop() if self._idle else self.driver.connect()
        is_over = False
        try:
            self.driver.begin(raw, is_write=is_write)
            yield Connection(raw, is_sqlite=self.driver.is_sqlite)
            raw.commit() if is_write else raw.rollback()
            is_over = True
            self.driver.refuse_changed()
        except self.driver.error:
            self.driver.refuse_changed()
            raise
        finally:
            if is_over or self._is_undone(raw):
                self._let_go(raw)

    def _let_go(self, raw: Any) -> None:  # noqa: ANN401  (the driver's own connection)
        if self.driver.is_reusable:
            self._idle.append(raw)
        else:
            raw.close()

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """A connection without a transaction, for what no transaction can do."""
        raw = self.driver.connect()
        if not self.driver.is_sqlite:
            raw.autocommit = True
        try:
            yield Connection(raw, is_sqlite=self.driver.is_sqlite)
        finally:
            raw.close()

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        while self._idle:
            self._idle.pop().close()

    def _is_undone(self, raw: Any) -> bool:  # noqa: ANN401  (as above)
        """Roll back whatever was begun; a connection that cannot even do that is of no more use."""
        try:
            raw.rollback()
        except self.driver.error:
            with suppress(self.driver.error):
                raw.close()
            return False
        return True


def create_file(path: Path, access: Access = ALONE) -> None:
    """Make the file before SQLite does, so that nobody else may read it; what SQLite puts beside it has its mode."""
    os.close(new_file(path, Output.STORE, access, flags=0))


def _lenient(raw: bytes) -> str:
    """Bytes that are no text still come through, so that `evidence verify` can name the entry that was damaged."""
    return raw.decode("utf-8", "surrogateescape")

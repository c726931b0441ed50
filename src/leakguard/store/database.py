"""One opened database: reading and writing transactions, and the head in its second place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from leakguard.ledger.heads import Head
from leakguard.store.engine import BUSY_SECONDS, WRITE, create_file, file_of, make_engine, url_of
from leakguard.store.failures import translated, unusable
from leakguard.store.head_file import HeadFile
from leakguard.store.schema import ensure_schema


class Database:
    """An engine under the name that the user knows it by; every failure inside its transactions is translated."""

    def __init__(
        self, engine: Engine, *, name: str, head_file: HeadFile | None, elsewhere: Sequence[HeadFile] = ()
    ) -> None:
        self.engine = engine
        self.name = name
        self.head_file = head_file
        self.elsewhere = tuple(elsewhere)

    @classmethod
    def open(
        cls, place: str, *, create: bool = True, busy_seconds: float = BUSY_SECONDS, heads: Sequence[Path] = ()
    ) -> Database:
        """Open a path or an SQLAlchemy URL; see `SqlStore.open`."""
        url = url_of(place)
        path = file_of(url)
        name = url.render_as_string(hide_password=True) if path is None else str(path)
        head_file = HeadFile(path) if path is not None else None
        with translated(name):
            if path is not None and not path.exists():
                if not create:
                    raise unusable(name, "does not exist", "Name it with --store, or run a scan first.")
                create_file(path)
            engine = make_engine(url, busy_seconds=busy_seconds)
            ensure_schema(engine, name, head_file)
        elsewhere = [HeadFile(Path(name), elsewhere=each) for each in heads]
        return cls(engine, name=name, head_file=head_file, elsewhere=elsewhere)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store; it ends without a commit, which a damaged file refuses."""
        with translated(self.name), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def standing(self) -> Iterator[Connection]:
        """As `reading`, and every statement sees the state that the first one saw."""
        with self.reading() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first moment, and is on the disk when it ends."""
        with translated(self.name), self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITE: True})
            with connection.begin():
                yield connection

    def witnessed(self) -> Head | None:
        """The latest head in any of the second places; nothing where there is none."""
        return max(self.witnesses(), key=lambda head: head.sequence, default=None)

    def witnesses(self) -> tuple[Head, ...]:
        """The heads in all second places that can be read."""
        return tuple(head for file in self._files if (head := file.read()) is not None)

    def unreadable(self) -> tuple[Path, ...]:
        """The places that the settings name and that hold no head now."""
        return tuple(file.path for file in self.elsewhere if file.read() is None)

    def witness(self, head: Head) -> None:
        """Keep `head` in every second place."""
        for file in self._files:
            file.write(head)

    @property
    def _files(self) -> tuple[HeadFile, ...]:
        return (*([self.head_file] if self.head_file else []), *self.elsewhere)

    def damage(self) -> tuple[str, ...]:
        """What SQLite's own check says about the file: places, never values. Other databases look after themselves."""
        if self.engine.dialect.name != "sqlite":
            return ()
        with self.reading() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        return tuple(str(line) for line in said if line != "ok")

"""One opened database: reading and writing transactions, and the head in its second place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from leakguard.ledger.heads import Head
from leakguard.ledger.signed_heads import ExternalHeads
from leakguard.models.file_modes import Access
from leakguard.store.connection import Connection
from leakguard.store.drivers import BUSY_SECONDS, Pool, create_file
from leakguard.store.erase_rows import scrub
from leakguard.store.failures import translated, unusable
from leakguard.store.head_file import HeadFile
from leakguard.store.key_file import HeadSigner
from leakguard.store.ledger_writes import WitnessedHead
from leakguard.store.new_files import ALONE, share
from leakguard.store.places import driver_of, file_of, name_of
from leakguard.store.schema import ensure_schema
from leakguard.store.schema_checks import wrong_schema
from leakguard.store.view_checks import wrong_views

_ANOTHER = (
    "Go to the folder of the store, or name it with --store. "
    "`leakguard scan` and `leakguard incident open` make a new one."
)


class Database:
    """A pool under the name that the user knows it by; every failure inside its transactions is translated."""

    def __init__(
        self, pool: Pool, *, name: str, head_file: HeadFile | None, elsewhere: Sequence[HeadFile] = (),
        signer: HeadSigner | None = None,
    ) -> None:  # fmt: skip
        self._pool = pool
        self.signer = signer
        self.name = name
        self.head_file = head_file
        self.elsewhere = tuple(elsewhere)

    @classmethod
    def open(
        cls, place: str, *, create: bool = True, busy_seconds: float = BUSY_SECONDS, heads: Sequence[Path] = (),
        lifted: Callable[[Connection], None] = lambda _: None, signer: HeadSigner | None = None,
        access: Access = ALONE,
    ) -> Database:  # fmt: skip
        """Open a path or an SQLAlchemy URL; see `SqlStore.open`. `lifted` is called inside an upgrade."""
        path, name, key = file_of(place), name_of(place), signer.key if signer else None
        with translated(name):
            if path is not None and path.is_dir():
                raise unusable(name, "is a folder", "Name a file in it with --store.")
            head_file = HeadFile(path, key=key, access=access) if path is not None else None
            if path is not None and not path.exists():
                if not create:
                    raise unusable(name, f"does not exist{_here(path)}", _ANOTHER)
                create_file(path, access)
            if path is not None and not create and not path.stat().st_size:
                raise unusable(name, "is empty and no store", _ANOTHER)
            if path is not None:
                share(path, name, access)
            pool = Pool(driver_of(place, busy_seconds=busy_seconds))
            with ExitStack() as unless_it_is_ours:
                unless_it_is_ours.callback(pool.close)
                ensure_schema(pool, place, name, head_file, lifted)
                unless_it_is_ours.pop_all()
        elsewhere = [HeadFile(Path(name), elsewhere=head, key=key, access=access) for head in heads]
        return cls(pool, name=name, head_file=head_file, elsewhere=elsewhere, signer=signer)

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()

    def scrub(self, patience: float) -> bool:
        """Write the files anew; see `erase_rows.scrub`."""
        with translated(self.name):
            return scrub(self._pool, patience=patience)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store; it ends without a commit, which a damaged file refuses."""
        with translated(self.name), self._pool.transaction() as connection:
            yield connection

    @contextmanager
    def standing(self) -> Iterator[Connection]:
        """As `reading`, and every statement sees the state that the first one saw."""
        with self.reading() as connection:
            if not connection.is_sqlite:
                connection.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first moment, and is on the disk when it ends."""
        with translated(self.name), self._pool.transaction(is_write=True) as connection:
            yield connection

    def witnessed(self) -> WitnessedHead | None:
        """The latest head in any of the second places, and which of them hold one; nothing where there is none."""
        seen = [(head, file.path) for file in self._files if (head := file.read()) is not None]
        if not seen:
            return None
        latest = max((head for head, _ in seen), key=lambda head: head.sequence)
        return WitnessedHead(head=latest, places=[path for _, path in seen])

    def witnesses(self) -> tuple[Head, ...]:
        """The heads in all second places that can be read."""
        return tuple(head for file in self._files if (head := file.read()) is not None)

    def kept_heads(self) -> tuple[ExternalHeads, ...]:
        """What each second place holds that can be read."""
        read = ((file, file.read_all()) for file in self._files)
        return tuple(
            ExternalHeads(place=file.shown, is_beside=file.is_beside, content=heads)
            for file, heads in read
            if heads is not None
        )

    @property
    def signs(self) -> bool:
        """Whether each head that is kept gets a signature."""
        return self.signer is not None and self.has_places

    @property
    def has_places(self) -> bool:
        """Whether heads are kept anywhere."""
        return bool(self._files)

    def unreadable(self) -> tuple[Path, ...]:
        """The places that the settings name and that hold no head now."""
        return tuple(file.path for file in self.elsewhere if file.read() is None)

    def foreign(self) -> tuple[str, ...]:
        """Why heads are not kept at places that the settings name, as something else stands there."""
        return tuple(filter(None, [file.foreign() for file in self.elsewhere]))

    def witness(self, head: Head, *, is_signed: bool = True) -> tuple[str, ...]:
        """Keep `head` in every second place, signed where this process has a key and may sign it.

        Returns why each place that failed did; the reason names the place.
        """
        return tuple(filter(None, [file.write(head, is_signed=is_signed) for file in self._files]))

    @property
    def _files(self) -> tuple[HeadFile, ...]:
        return (*([self.head_file] if self.head_file else []), *self.elsewhere)

    def damage(self) -> tuple[str, ...]:
        """What SQLite's own check says about the file, what acts in it, and where the views differ: no values.

        Other databases look after themselves.
        """
        with self.standing() as connection:
            rows = connection.rows("PRAGMA integrity_check") if connection.is_sqlite else []
            lines = [str(line) for (line,) in rows if line != "ok"]
            lines += [
                f"it holds the {kind} `{name}`, which LeakGuard did not make" for kind, name in connection.strangers()
            ]
            lines += [] if lines else wrong_schema(connection)
            wrong = [] if lines else list(wrong_views(connection))
        return (*lines, *wrong)


def _here(path: Path) -> str:
    """Where it was looked for, as that may be another folder than somebody thinks."""
    return "" if path.is_absolute() else f" in {Path.cwd()}"

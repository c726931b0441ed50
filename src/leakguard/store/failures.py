"""Turns what the database and the disk say into our own refusals, each with a next step."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from leakguard.errors import LeakGuardError, LedgerBroken, NotAllowed, StoreUnusable

_DRIVERS = ("sqlite3", "psycopg", "psycopg2", "sqlalchemy.exc")
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        "read-only transaction",
        "may not be written: the server only lets it be read",
        "Name the server that is written to in the URL, or let the database be written again.",
    ),
    (
        "permission denied",
        "does not let this user of the database in",
        "Give the user the rights on its tables, or name another user in the URL.",
    ),
    (
        "statement timeout",
        "does not answer in the time that the server allows",
        "Wait until the server has less to do, or raise its statement_timeout for this user.",
    ),
    (
        "no such table: ledger",
        "holds no ledger any more: somebody moved the store",
        "Name its new place as `store` in leakguard.toml, and start this process again.",
    ),
    (
        'relation "ledger" does not exist',
        "holds no ledger any more: somebody moved the store",
        "Name its new place as `store` in leakguard.toml, and start this process again.",
    ),
    ("no space left", "has no room: the disk is full", "Free some space and try again; what was kept before is safe."),
    ("not a database", "is not a LeakGuard store", "Name another file with --store."),
    ("readonly", "may not be written", "Make the file and its folder writable, or name another file with --store."),
    ("read-only", "may not be written", "Make the file and its folder writable, or name another file with --store."),
    (
        "locked",
        "is in use by another process that does not let go",
        "Wait for the other command to end, then try again.",
    ),
    (
        "lock timeout",
        "is in use by another process that does not let go",
        "Wait for the other command to end, try again.",
    ),
    ("busy", "is in use by another process that does not let go", "Wait for the other command to end, then try again."),
    ("is full", "has no room: the disk is full", "Free some space and try again; what was kept before is safe."),
    (
        "disk i/o",
        "cannot be read or written: the disk is full, or reports an error",
        "Free some space, or check the disk; what was kept before is safe. Or name another file with --store.",
    ),
    (
        "unable to open",
        "cannot be opened",
        "Check that you may read it and write into its folder, or copy the store and its -wal file where you may.",
    ),
    ("connect", "does not answer", "Check that the database server runs and that the URL is right."),
)
"""A word of the database's message, what it means, what to do; the message may quote values, so it is dropped."""

_FOR_OTHERS = "Ask its owner for a place in the group that shares it, or name another file with --store."
_NO_PLACE = "Check that its folder exists and may be written, or name another file with --store."


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Everything that goes wrong inside is raised as one of our errors, about the store `name`."""
    try:
        yield
    except LeakGuardError:
        raise
    except _errors("IntegrityError") as error:
        raise NotAllowed(
            f"{name}: this is kept already, or somebody else wrote at the same moment",
            next_step="Look at the store again before you write.",
        ) from error
    except _errors("Error", "SQLAlchemyError") as error:
        raise _refusal(name, str(getattr(error, "orig", None) or error).lower()) from error
    except OSError as error:
        raise unusable(
            name,
            f"cannot be opened ({error.strerror or type(error).__name__})",
            _FOR_OTHERS if isinstance(error, PermissionError) else _NO_PLACE,
        ) from error


def _errors(*names: str) -> tuple[type[Exception], ...]:
    """The errors of these names, of every driver that is loaded; who has not been loaded has raised nothing."""
    modules = [module for module in map(sys.modules.get, _DRIVERS) if module is not None]
    found = [getattr(module, name, None) for module in modules for name in names]
    return tuple(kind for kind in found if isinstance(kind, type) and issubclass(kind, Exception))


def unusable(name: str, what: str, next_step: str) -> StoreUnusable:
    """`leakguard.db: may not be written` with a next step."""
    return StoreUnusable(f"the store {name} {what}", next_step=next_step)


def _refusal(name: str, message: str) -> LeakGuardError:
    if "malformed" in message or "corrupt" in message:
        return LedgerBroken(
            f"the store {name} is damaged, so what it holds proves nothing",
            next_step="Restore it from a backup, and keep the damaged file as evidence.",
        )
    for word, what, next_step in _KNOWN:
        if word in message:
            return unusable(name, what, next_step)
    return unusable(
        name, "cannot be used as a store", "Name another one with --store, a SQLite file or a database URL."
    )

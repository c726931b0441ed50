"""What no setting and no drill may write into: what the program, or whoever runs it, keeps already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from leakguard.errors import BadFile, Problem
from leakguard.settings import FILE, KEY_FILE, Settings, head_files

_HEAD = "the head of the store"
"""As a second place it protects nothing, and harms nothing."""
_HEADS, _HEARTBEAT = "heads", "watchman.heartbeat"


def refuse_own_files(settings: Settings) -> None:
    """Raise `BadFile` for a channel, a second place for heads or a heartbeat that would be written into such a file."""
    written = tuple(_written(settings))
    if not written:
        return
    own = tuple(_own_files(settings))
    problems = tuple(
        Problem(where=where, text=f"`{path}` is {what}; name a file of its own")
        for where, path in written
        for what, other in (*own, *_other_places(settings, where))
        if (where, what) != (_HEADS, _HEAD) and os.path.realpath(path) == os.path.realpath(other)
    )
    if problems:
        raise BadFile(FILE, problems)


def _written(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The files that the settings have written, each with the place that names it."""
    for number, channel in enumerate(settings.watch.channels):
        if channel.kind == "file":
            yield f"channel[{number}].path", Path(str(channel.options["path"]))
    yield from ((_HEADS, path) for path in head_files(settings))
    if settings.watch.heartbeat:
        yield _HEARTBEAT, Path(settings.watch.heartbeat)


def _other_places(settings: Settings, where: str) -> Iterator[tuple[str, Path]]:
    """The other places that a place of the settings must not share a file with."""
    from leakguard.store.heartbeat_file import HeartbeatFile  # noqa: PLC0415  (`--help` must not load it)

    if where != _HEARTBEAT:
        yield "the file of the heartbeat", HeartbeatFile.beside(settings.store, settings.watch.heartbeat).path
    if where.startswith("channel"):
        yield from (("a second place for heads", path) for path in head_files(settings))


def _own_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """What is kept here whatever is notified, each with what it is."""
    from leakguard.store.places import file_of  # noqa: PLC0415  (`--help` must not load it)

    store = file_of(settings.store)
    if store is not None:
        yield "the store", store
        yield from ((f"a file of the store ({end})", store.with_name(f"{store.name}{end}")) for end in ("-wal", "-shm"))
        yield _HEAD, store.with_name(f"{store.name}.head")
    yield "the settings", Path(FILE)
    yield "the scope", Path(settings.scope)
    yield "the list of muted findings", Path(settings.mutes or "mutes.yaml")
    yield "the key", Path(settings.key or KEY_FILE)
    if settings.log_file:
        yield "the log", Path(settings.log_file)


def real_store_warning(settings: Settings) -> str:
    """Where a drill is told to go on in a store elsewhere that holds anything but a drill; empty where it is not.

    Its own are the one that its settings name and the files of its folder. What a drill records cannot be taken out of
    a ledger again, and its watchman settles the alerts of real clocks. It is no refusal: the first entry of a drill
    that somebody plays by hand says nothing of a drill either.
    """
    if not settings.drill or settings.store_by != "--store":
        return ""
    from leakguard.drills.story import STARTED  # noqa: PLC0415  (few folders are a drill's)
    from leakguard.store.looking import first_kind  # noqa: PLC0415  (as above)
    from leakguard.store.places import file_of, name_of  # noqa: PLC0415  (as above)

    file = file_of(settings.store)
    if file is not None and Path(os.path.realpath(file)).parent == Path(os.path.realpath(Path.cwd())):
        return ""
    if first_kind(settings.store) in ("", STARTED):
        return ""
    return (
        f"this folder is a drill's, and `{name_of(settings.store)}` does not begin with a drill. If it holds real "
        "incidents, what is recorded here stays in their ledger: leave --store out, or go to the folder of that store."
    )

"""What `doctor` asks the machine and the settings."""

from __future__ import annotations

import ctypes
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from importlib import metadata, util
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from leakguard.models.alerts import WatchSettings
from leakguard.models.file_modes import Access, Output
from leakguard.models.scope import Scope
from leakguard.settings import AUTO, KEY_FILE, Settings, head_files, words_of
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat, parse_heartbeat
from leakguard.use_cases.doctor.installation import KeptFile, NamedPath, OwnRules, StoreSeen
from leakguard.use_cases.doctor.machine import Library
from leakguard.wiring import Wiring

_UNSYNCHRONISED = 5
"""`TIME_ERROR`, what `adjtimex(2)` returns while nothing keeps the clock set."""
_PACKAGE = "leakguard"


class _Timex(ctypes.Structure):
    """`struct timex` of `adjtimex(2)`; `modes` 0 asks and sets nothing. What comes behind is room enough."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_long * 64))


class ThisMachine:
    """Implements `use_cases.doctor.machine.Machine`."""

    def python(self) -> tuple[str, bool]:
        """The version of Python, and whether the package runs on it."""
        version = platform.python_version()
        with suppress(metadata.PackageNotFoundError):
            wanted = str(metadata.metadata(_PACKAGE)["Requires-Python"] or "")
            return version, SpecifierSet(wanted).contains(version, prereleases=True)
        return version, sys.version_info >= (3, 11)

    def libraries(self) -> Sequence[Library] | None:
        """What the installed package asks for; nothing where it was never installed."""
        try:
            wanted = [Requirement(text) for text in metadata.requires(_PACKAGE) or ()]
        except metadata.PackageNotFoundError:
            return None
        return tuple(_library(requirement) for requirement in wanted if _is_for_here(requirement))

    def file_limit(self) -> int | None:
        """How many files this process may open; nothing where the system does not tell."""
        try:
            import resource  # noqa: PLC0415  (Unix alone)
        except ImportError:
            return None
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft

    def cjk_font(self, region: str) -> str:
        """The family that shows the signs of a region; raises `FontMissing`."""
        from leakguard.documents.fonts import find_cjk_font  # noqa: PLC0415  (loaded when it is first asked for)

        return find_cjk_font(region=region).family

    def has_typst(self) -> bool:
        """Whether the maker of PDF letters is there."""
        return util.find_spec("typst") is not None

    def is_clock_set(self) -> bool | None:
        """What the kernel says; it is asked nothing but that."""
        try:
            state = ctypes.CDLL(None).adjtimex(ctypes.byref(_Timex()))
        except (AttributeError, OSError):  # no Linux
            return None
        return None if state < 0 else state != _UNSYNCHRONISED


def _is_for_here(wanted: Requirement) -> bool:
    """Whether it is for this system and this Python, be it of an extra."""
    extras = ("", *(metadata.metadata(_PACKAGE).get_all("Provides-Extra") or ()))
    return wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)


def _library(wanted: Requirement) -> Library:
    installed: str | None = None
    with suppress(metadata.PackageNotFoundError):
        installed = metadata.version(wanted.name)
    return Library(
        name=wanted.name, wanted=str(wanted.specifier), installed=installed,
        is_fit=installed is not None and wanted.specifier.contains(installed, prereleases=True),
        is_needed=wanted.marker is None or wanted.marker.evaluate({"extra": ""}),
    )  # fmt: skip


class ThisInstallation:
    """Implements `use_cases.doctor.installation.Installation`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    @property
    def _settings(self) -> Settings:
        return self._wiring.settings

    @property
    def watch(self) -> WatchSettings:
        """Who is notified."""
        return self._settings.watch

    @property
    def access(self) -> Access:
        """Whom the files of the store belong to."""
        return self._wiring.access

    def now(self) -> datetime:
        """The time, in UTC."""
        return self._wiring.now()

    def named_paths(self) -> Sequence[NamedPath]:
        """What the settings name beside the store."""
        stated, plain = self._settings, Settings()
        names = ("scope", "duties", "templates", "key", "mutes")
        named = [(name, str(getattr(stated, name))) for name in names if getattr(stated, name) != getattr(plain, name)]
        named += [("heads", str(path.parent)) for path in head_files(stated)]
        return tuple(NamedPath(setting=name, path=path, is_there=Path(path).exists()) for name, path in named)

    def own_rules(self) -> OwnRules:
        """How much of the organisation's own applies; raises `BadFile` for what does not.

        Raises `UsageProblem` for a word of `laws` or `obligated_as` that no duty knows, as every command about clocks.
        """
        from leakguard.notices.duty_files import OWN, load_rows  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.use_cases.incidents.incident_rules import Reach, refuse_unknown_words  # noqa: PLC0415  (as above)
        from leakguard.use_cases.letters.draft_notices import own_templates  # noqa: PLC0415  (as above)

        stated, bundled = self._settings, self._wiring.bundled
        rows = load_rows(bundled).rows
        laws = frozenset[str]() if stated.laws.strip() == AUTO else words_of(stated.laws) - {"all"}
        refuse_unknown_words(Reach(laws=laws, obligated_as=words_of(stated.obligated_as), laws_by=stated.laws_by), rows)
        return OwnRules(
            duties=sum(row.file.startswith(f"duties/{OWN}/") for row in rows) if stated.duties else None,
            templates=len(own_templates(bundled)) if stated.templates else None,
        )

    def look_at_store(self) -> StoreSeen:
        """The store, looked at and not opened."""
        from leakguard.store.looking import look_at  # noqa: PLC0415  (loaded when it is first asked for)

        seen = look_at(self._settings.store)
        return StoreSeen(
            name=seen.name, is_there=seen.is_there, revision=seen.revision, is_current=seen.is_current,
            is_earlier=seen.is_earlier,
        )  # fmt: skip

    def store(self) -> SqlStore:
        """The store, opened."""
        return self._wiring.existing_store

    def free_bytes(self) -> int | None:
        """How much room the disk of the store has; nothing for a server."""
        from leakguard.store.places import file_of  # noqa: PLC0415  (loaded when it is first asked for)

        file = file_of(self._settings.store)
        return None if file is None else shutil.disk_usage(file.absolute().parent).free

    def scope(self) -> Scope | None:
        """The scope, if there is one here."""
        from leakguard.files.opening import read_text  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.scanning.scope.file import parse_scope  # noqa: PLC0415  (as above)

        name = self._settings.scope
        return parse_scope(read_text(name), name=name, now=self.now()) if Path(name).exists() else None

    def missing_secrets(self) -> Mapping[str, str]:
        """By channel, the environment variable that it needs and that is not set."""
        return self._wiring.missing_secrets()

    def kept_files(self) -> Sequence[KeptFile]:
        """The files of the store, the keys and the log that are there."""
        return tuple(
            KeptFile(path=str(path), kind=kind, mode=path.stat().st_mode & 0o777)
            for path, kind in self._kept()
            if path.is_file()
        )

    def _kept(self) -> Iterator[tuple[Path, Output]]:
        from leakguard.store.letters_key import letters_key_file  # noqa: PLC0415  (loaded when it is first asked for)
        from leakguard.store.places import file_of  # noqa: PLC0415  (as above)

        file = file_of(self._settings.store)
        if file is not None and not file.name:  # `.` is a folder, and the check of the store says so
            return
        if file is not None:
            yield file, Output.STORE
            yield from ((path, Output.STORE) for path in file.parent.glob(f"{file.name}-*"))
            yield file.with_name(f"{file.name}.head"), Output.HEAD
        yield from ((path, Output.HEAD) for path in head_files(self._settings))
        yield from ((path, Output.EVIDENCE) for path in self._wiring.kept_files().folder.glob("*"))
        yield Path(self._settings.key or KEY_FILE), Output.KEY
        yield letters_key_file(self._settings.store, None), Output.KEY
        if self._settings.log_file:
            yield Path(self._settings.log_file), Output.LOG

    def heartbeat(self) -> Heartbeat | None:
        """The last heartbeat of a watchman."""
        return parse_heartbeat(self._wiring.heartbeat().read())

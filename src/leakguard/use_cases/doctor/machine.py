"""Checks what LeakGuard needs of the machine: Python, libraries, open files, fonts, a clock that is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.use_cases.doctor.checkup import Check, Said, problem, unknown, well

USUAL_FILES = 1024
"""The soft limit that Linux distributions set; with less a scan has fewer connections at once than it could use."""
_REGIONS = {"SC": "Chinese", "JP": "Japanese", "KR": "Korean"}
_INSTALL = "pip install --upgrade leakguard"


class Library(Frozen):
    """One library that the package asks for."""

    name: str
    wanted: str
    """The versions that it asks for, such as `>=8.1`."""
    installed: str | None
    is_fit: bool
    """Whether the installed version is one of them."""
    is_needed: bool = True
    """False for a library of an extra, which may be missing."""


class Machine(Protocol):
    """What the checks ask the machine."""

    def python(self) -> tuple[str, bool]:
        """The version of Python, and whether the package runs on it."""

    def libraries(self) -> Sequence[Library] | None:
        """What the installed package asks for; nothing where it was never installed."""

    def file_limit(self) -> int | None:
        """How many files this process may open; nothing where the system does not tell."""

    def cjk_font(self, region: str) -> str:
        """The family that shows the signs of a region; raises `FontMissing`."""

    def has_typst(self) -> bool:
        """Whether the maker of PDF letters is there."""

    def is_clock_set(self) -> bool | None:
        """Whether something keeps the clock of the machine set; nothing where the system does not tell."""


def machine_checks(machine: Machine) -> Mapping[str, Check]:
    """The checks by the name of their part."""
    return {
        "python": lambda: _python(machine),
        "libraries": lambda: _libraries(machine),
        "open_files": lambda: _open_files(machine),
        "fonts": lambda: _fonts(machine),
        "clock": lambda: _clock(machine),
    }


def _python(machine: Machine) -> Said:
    version, is_fit = machine.python()
    if is_fit:
        yield well(f"Python {version}")
    else:
        yield problem(
            f"Python {version} is not one that LeakGuard runs on", "Install LeakGuard with Python 3.11 or newer."
        )


def _libraries(machine: Machine) -> Said:
    libraries = machine.libraries()
    if libraries is None:
        yield unknown("LeakGuard was not installed as a package, so nothing says which versions it needs", _INSTALL)
        return
    wrong = list(_wrong(libraries))
    yield from wrong
    if not wrong:
        yield well(
            f"{sum(library.installed is not None for library in libraries)} libraries, each of a version that fits"
        )


def _wrong(libraries: Sequence[Library]) -> Said:
    for library in libraries:
        if library.installed is None and library.is_needed:
            yield problem(f"{library.name} is not installed", f'pip install "{library.name}{library.wanted}"')
        elif library.installed is not None and not library.is_fit:
            yield problem(
                f"{library.name} {library.installed} is installed, and LeakGuard needs {library.wanted}",
                f'pip install "{library.name}{library.wanted}"',
            )


def _open_files(machine: Machine) -> Said:
    limit = machine.file_limit()
    if limit is None:
        yield unknown("the system does not tell how many files a process may open", "Look at: ulimit -n")
    elif limit < USUAL_FILES:
        yield problem(f"a process may open {limit} files, which makes large scans slow", "ulimit -n 65536")
    else:
        yield well(f"a process may open {limit:,} files")


def _fonts(machine: Machine) -> Said:
    if not machine.has_typst():
        yield problem("typst is missing, so no letter can be made as PDF", _INSTALL)
        return
    families = {name: machine.cjk_font(region) for region, name in _REGIONS.items()}
    shown = ", ".join(f"{name}: {family}" for name, family in families.items())
    yield well(f"typst with its own fonts; {shown}")


def _clock(machine: Machine) -> Said:
    is_set = machine.is_clock_set()
    if is_set is None:
        yield unknown("the system does not tell whether its clock is synchronised", "timedatectl status")
    elif is_set:
        yield well("the clock of this machine is synchronised")
    else:
        yield problem("nothing keeps the clock of this machine set, and deadlines go by it", "timedatectl set-ntp true")

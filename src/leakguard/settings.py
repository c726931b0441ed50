"""Settings: what `leakguard.toml`, the environment and the options add up to.

May import `errors`.
Never opens what the settings name.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path

from leakguard.errors import BadFile, Problem

FILE = "leakguard.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Options win, then the environment, then the file, then these defaults."""

    store: str = "leakguard.db"
    """A path to a SQLite file, or an SQLAlchemy URL."""
    scope: str = "scope.yaml"
    zone: str = "UTC"
    """The zone that local times without one are read in, and that times are shown in beside UTC."""
    drill: bool = False
    """A drill's store: commands take `--now`, and all output says that it is a drill."""


def read_settings(*, store: str | None = None, folder: Path | None = None) -> Settings:
    """Read the file of `folder` (default: here) and the environment; raises `BadFile`."""
    base = folder or Path()
    values = _from_file(base / FILE)
    if os.environ.get("LEAKGUARD_STORE"):
        values["store"] = os.environ["LEAKGUARD_STORE"]
    if store:
        values["store"] = store
    return Settings(**values)  # type: ignore[arg-type]


def _from_file(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(str(path), (Problem(where="", text=f"cannot be read ({type(error).__name__})"),)) from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(str(path), (Problem(where="", text=f"not TOML: {error}"),)) from error
    problems = [problem for name, value in values.items() if (problem := _problem(name, value))]
    if problems:
        raise BadFile(str(path), tuple(problems))
    return dict(values)


def _problem(name: str, value: object) -> Problem | None:
    """What is wrong with one setting; a truth value where a text belongs, an unknown name."""
    known = {field.name: type(field.default) for field in fields(Settings)}
    if name not in known:
        near = get_close_matches(name, list(known), n=1)
        return Problem(where=name, text="unknown setting", nearest=near[0] if near else None)
    if isinstance(value, known[name]):
        return None
    return Problem(where=name, text="must be true or false" if known[name] is bool else "must be a text in quotes")

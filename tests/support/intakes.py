"""Reads files that are not there: for steps whose evidence is not what a test is about."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from leakguard.errors import UsageProblem

MISSING = "missing"
"""A path that begins so cannot be read."""


class AnyFile:
    """Takes every path for a file that holds the path; implements `evidence_items.Intake`."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:
        if path.startswith(MISSING):
            raise UsageProblem(f"{path} cannot be read: No such file or directory", next_step="Name a file.")
        if keep:
            self.kept.append(path)
        return sha256(path.encode()).hexdigest(), len(path)

    def has(self, sha256: str) -> bool:
        return sha256 in {self.take(path, keep=False)[0] for path in self.kept}

    def drop(self, sha256: str, is_needed: Callable[[], bool]) -> None:
        if not is_needed():
            self.kept = [path for path in self.kept if self.take(path, keep=False)[0] != sha256]

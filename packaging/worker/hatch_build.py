"""Puts into the wheel what a worker imports, the data that it reads, and the compiled forms of that data."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = ("checks", "sensitivity", "shipped")
"""The folders of data that a worker reads."""


class WorkerHook(BuildHookInterface):  # type: ignore[type-arg]  # (for each kind of build)
    """Chooses the files when the wheel is built, so that no list of them grows old."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file to the build."""
        del version
        sys.path[:0] = [str(CHECKOUT / "packaging"), str(CHECKOUT)]
        from hatch_build import compiled  # type: ignore[attr-defined]  # noqa: PLC0415  (the main distribution's)

        from making.closure import needed  # noqa: PLC0415  (not before the path leads there)

        self._folder = Path(tempfile.mkdtemp(prefix="leakguard-worker-"))
        files, include = needed(CHECKOUT / "src")[0], build_data["force_include"]
        for path in sorted([*files, CHECKOUT / "src/leakguard/py.typed"]):
            include[str(path)] = str(path.relative_to(CHECKOUT / "src"))
        forms = compiled(CHECKOUT)
        for folder in DATA:
            include[str(CHECKOUT / folder)] = f"leakguard/_data/{folder}"
            if folder in forms:
                made = self._folder / f"{folder}.json"
                made.write_text(forms[folder], encoding="utf-8")
                include[str(made)] = f"leakguard/_data/{folder}/compiled.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written beside the build."""
        del version, build_data, artifact_path
        shutil.rmtree(self._folder, ignore_errors=True)

"""Puts the compiled checks, kinds of data, duties and playbooks into the wheel; see `bundled.compiled_forms`.

A source archive holds the files that people write and nothing made of them, so that a wheel is built from it as from a
checkout, and is the same to the byte.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IN_THE_WHEEL = "leakguard/_data/"


class CompiledFormsHook(BuildHookInterface):  # type: ignore[type-arg]  # (for each kind of build)
    """Compiles what a checkout keeps in a cache, so that an installed LeakGuard needs none."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the forms beside the build, and name them to it; an editable install has its cache."""
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        self._folder = Path(tempfile.mkdtemp(prefix="leakguard-build-"))
        for folder, form in compiled(root).items():
            if (root / folder / "compiled.json").exists():  # the wheel would hold it twice
                raise ValueError(f"{root / folder / 'compiled.json'} is made by the build alone; remove it")
            path = self._folder / f"{folder}.json"
            path.write_text(form, encoding="utf-8")
            build_data["force_include"][str(path)] = f"{IN_THE_WHEEL}{folder}/compiled.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written beside the build."""
        del build_data, artifact_path
        if version != "editable" and self.target_name == "wheel":
            shutil.rmtree(self._folder, ignore_errors=True)


def compiled(root: Path) -> dict[str, str]:
    """By folder, the form of what the checkout holds, made by its own code."""
    sys.path.insert(0, str(root / "src"))
    from leakguard.bundled import BundledFiles  # noqa: PLC0415  (not before the path leads to this checkout)
    from leakguard.checks.library import compile_library  # noqa: PLC0415  (as above)
    from leakguard.notices.authorities import authority_texts, compile_authorities  # noqa: PLC0415  (as above)
    from leakguard.notices.book import compile_duties  # noqa: PLC0415  (as above)
    from leakguard.sensitivity.compiled import compile_book  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.playbooks import compile_playbooks  # noqa: PLC0415  (as above)

    folders = {
        "checks": compile_library, "sensitivity": compile_book, "duties": compile_duties,
        "playbooks": compile_playbooks,
    }  # fmt: skip
    bundled = BundledFiles(root)
    forms = {folder: make(bundled.texts(folder)) for folder, make in folders.items()}
    return forms | {"authorities": compile_authorities(authority_texts(bundled))}

"""The files that ship mean the same with libyaml and with a PyYAML that was built without it."""

from __future__ import annotations

import pytest
import yaml

from leakguard.bundled import FOLDERS, BundledFiles
from leakguard.files import yaml_nodes
from leakguard.files.yaml_text import ReadText, read_yaml

pytestmark = pytest.mark.long


def test_both_parsers_read_the_files_that_ship_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """The values, and the line of each of them; every sixth file of a folder is enough to tell."""
    bundled = BundledFiles()
    texts = [bundled.text(folder, name) for folder in FOLDERS for name in bundled.names(folder)[::6]]

    def read_with(parser: str) -> list[ReadText]:
        monkeypatch.setattr(yaml_nodes, "_LOADER", getattr(yaml, parser))
        return [read_yaml(text, name="a.yaml") for text in texts]

    assert len(texts) > 25
    assert read_with("CSafeLoader") == read_with("SafeLoader")

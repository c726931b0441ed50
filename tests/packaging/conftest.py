"""What the tests of packages share, each built once: the wheel, and an environment with it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from making.dist import build, wheel_of
from making.places import ROOT
from support.installed import installed


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("built")
    build(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def wheel(built: Path) -> Path:
    """The one wheel."""
    return wheel_of(built)


@pytest.fixture(scope="session")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel, what it declares, and nothing else."""
    return installed(tmp_path_factory.mktemp("empty"), str(wheel))

"""The distribution `leakguard-worker`, and the page part that publishes how small it is."""

from __future__ import annotations

import shutil
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

from making.closure import needed
from making.dist import wheel_of
from making.places import BUILD, PACKAGING, ROOT, run, say

SOURCE = PACKAGING / "worker"
PAGE = ROOT / "docs/how-to/install.md"
BEGIN, END = "<!-- worker-size: `make worker-size` writes this -->\n", "<!-- /worker-size -->\n"


def make_worker(folder: Path = BUILD / "worker") -> Path:
    """Build the wheel; returns its file."""
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=SOURCE)
    made = wheel_of(folder, "leakguard_worker")
    say(f"{made.stat().st_size:>12,} {made.name}")
    return made


def install(home: Path, wheel: Path) -> Path:
    """Install it with what it declares into a new environment; returns the folder of its libraries."""
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", home])
    run([sys.executable, "-m", "uv", "--quiet", "--no-config", "pip", "install", "--python", home, wheel])
    (found,) = home.glob("lib/python*/site-packages")
    return found


def size_of(libraries: Path) -> tuple[int, int]:
    """How many distributions are there beside ours, and how many bytes all files have."""
    count = sum(1 for one in distributions(path=[str(libraries)]) if one.metadata["Name"] != "leakguard-worker")
    return count, sum(path.stat().st_size for path in libraries.rglob("*") if path.is_file() and not path.is_symlink())


def write_size() -> None:
    """Build and install it, and write its size into the page that shows how to install it."""
    with tempfile.TemporaryDirectory(prefix="leakguard-worker-") as place:
        wheel = make_worker()
        count, size = size_of(install(Path(place) / "venv", wheel))
    modules, every = len(needed(ROOT / "src")[0]), sum(1 for _ in (ROOT / "src/leakguard").rglob("*.py"))
    lines = (
        f"| wheel | {wheel.stat().st_size / 1e6:.1f} MB |\n"
        f"| installed, with its libraries | {size / 1e6:.0f} MB |\n"
        f"| libraries | {count} |\n"
        f"| modules of LeakGuard | {modules:,} of {every:,} |\n"
    )
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(
        f"{before}{BEGIN}\n| `leakguard-worker` | size |\n| --- | --- |\n{lines}\n{END}{after}", encoding="utf-8"
    )

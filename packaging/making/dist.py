"""`make dist`: wheel, source archive, manual pages, completions, list of parts (SBOM), and the sums of them all."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from leakguard.cli.manual import completions, manual_pages
from making.places import DIST, ROOT, epoch, run, say

SUMS = "SHA256SUMS"


def make_dist(folder: Path = DIST) -> None:
    """Write everything that a release offers for download, but for what `make packages` adds."""
    from making.sbom import write_sbom  # noqa: PLC0415  (which needs what is made here)

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    build(ROOT, folder)
    manual(folder)
    write_sbom(folder)
    write_sums(folder)
    for path in sorted(folder.iterdir()):
        say(f"{path.stat().st_size:>12,} {path.name}")


def build(source: Path, folder: Path, *targets: str) -> None:
    """Build the wheel and the source archive of a checkout, or of an unpacked source archive."""
    asked = [word for target in targets or ("sdist", "wheel") for word in ("-t", target)]
    run([sys.executable, "-m", "hatchling", "build", *asked, "-d", folder], cwd=source)


def wheel_of(folder: Path, name: str = "leakguard") -> Path:
    """The one wheel of a folder."""
    (found,) = folder.glob(f"{name}-*.whl")
    return found


def sdist_of(folder: Path) -> Path:
    """The one source archive of a folder."""
    (found,) = folder.glob("leakguard-[0-9]*[0-9].tar.gz")
    return found


def day() -> str:
    """The day of the manual pages."""
    return datetime.fromtimestamp(epoch(), UTC).date().isoformat()


def manual_files() -> dict[str, bytes]:
    """Manual pages and completions, by their paths below `/usr`."""
    pages = {f"share/man/man1/{name}": text for name, text in manual_pages(day=day()).items()}
    files = pages | {f"share/{path}": text for path, text in completions().items()}
    return {name: text.encode() for name, text in sorted(files.items())}


def manual(folder: Path) -> Path:
    """One archive of manual pages and completions, the same bytes for the same commit."""
    path = folder / f"{sdist_of(folder).name.removesuffix('.tar.gz')}-manual.tar.gz"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in manual_files().items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(content), epoch(), 0o644
            archive.addfile(entry, io.BytesIO(content))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=epoch()))
    return path


def write_sums(folder: Path, *patterns: str) -> None:
    """The SHA-256 of every file, or of those whose names match, as `sha256sum --check` reads it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted({path for pattern in patterns or ("*",) for path in folder.glob(pattern)})
        if path.name != SUMS
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")

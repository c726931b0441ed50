"""The Debian package: the tree in /opt/leakguard, the command, services, manual pages, completions and settings."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from leakguard import __version__
from making.dist import manual_files
from making.places import BUILD, PACKAGING, alone, epoch, run, say
from making.sbom import sbom
from making.sums import write_package_sums
from making.tree import LIBRARIES, TREE_KEY, make_tree, parts_of_tree

PLACE = BUILD / "deb"
SOURCE = PACKAGING / "deb"
_DOC = "usr/share/doc/leakguard"
_SETTINGS = {"etc/leakguard/leakguard.toml": "leakguard.toml", "etc/logrotate.d/leakguard": "leakguard.logrotate"}
"""What an owner may edit, and where it comes from."""
_SCRIPTS = ("postinst", "prerm", "postrm")


def make_deb() -> Path:
    """Build the package; returns its file."""
    with alone("deb"):
        return _make_deb()


def _make_deb() -> Path:
    make_tree(PLACE)
    architecture = run(["dpkg", "--print-architecture"]).strip()
    target = BUILD / f"leakguard_{__version__}-1_{architecture}.deb"
    key, mark = _key(), target.with_suffix(".sha256")
    if target.exists() and mark.exists() and mark.read_text(encoding="utf-8") == key:
        return target
    for kept in PLACE.iterdir():
        if kept.name != "opt":
            shutil.rmtree(kept)
    _services()
    _documents()
    _command()
    (PLACE / "DEBIAN").mkdir()
    _control(architecture)
    _date_all()
    # The lowest level takes a fifth of the time of the highest, for a package that is an eighth larger.
    run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "-b", PLACE, target])
    mark.write_text(key, encoding="utf-8")
    write_package_sums()
    say(f"{target.stat().st_size:>12,} {target.name}")
    return target


def _key() -> str:
    """Tells what the package is made of from what another one is made of."""
    digest = hashlib.sha256(f"{TREE_KEY.read_text(encoding='utf-8')}{epoch()}".encode())
    for path in [*sorted(SOURCE.iterdir()), Path(__file__)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _put(name: str, content: bytes, mode: int = 0o644) -> None:
    path = PLACE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def _services() -> None:
    for path in sorted(SOURCE.glob("leakguard*.service")) + sorted(SOURCE.glob("*.timer")):
        _put(f"lib/systemd/system/{path.name}", path.read_bytes())
    _put("usr/lib/sysusers.d/leakguard.conf", (SOURCE / "leakguard.sysusers").read_bytes())
    _put("usr/lib/tmpfiles.d/leakguard.conf", (SOURCE / "leakguard.tmpfiles").read_bytes())
    for name, source in _SETTINGS.items():
        _put(name, (SOURCE / source).read_bytes())


def _documents() -> None:
    for name, content in manual_files().items():
        is_page = name.startswith("share/man/")
        _put(f"usr/{name}.gz" if is_page else f"usr/{name}", _packed(content) if is_page else content)
    _put(f"{_DOC}/copyright", (SOURCE / "copyright").read_bytes())
    _put(f"{_DOC}/changelog.Debian.gz", _packed(_changelog().encode()))
    _put(f"{_DOC}/sbom.cdx.json", sbom(parts_of_tree()).encode())
    _put("usr/share/lintian/overrides/leakguard", (SOURCE / "lintian-overrides").read_bytes())


def _changelog() -> str:
    day = format_datetime(datetime.fromtimestamp(epoch(), UTC))
    return (
        f"leakguard ({__version__}-1) bookworm; urgency=medium\n\n  * See CHANGELOG.md of the release.\n\n"
        f" -- LeakGuard <leakguard@localhost>  {day}\n"
    )


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=epoch())


def _command() -> None:
    link = PLACE / "usr/bin/leakguard"
    link.parent.mkdir(parents=True)
    link.symlink_to("/opt/leakguard/bin/leakguard")


def _control(architecture: str) -> None:
    files = [path for path in sorted(PLACE.rglob("*")) if path.is_file() and not path.is_symlink()]
    inside = [path for path in files if path.relative_to(PLACE).parts[0] != "DEBIAN"]
    size = sum(path.stat().st_size for path in inside) // 1024
    told = (SOURCE / "control").read_text(encoding="utf-8")
    control = told.format(version=f"{__version__}-1", architecture=architecture, size=size)
    _put("DEBIAN/control", control.encode())
    _put("DEBIAN/conffiles", "".join(f"/{name}\n" for name in _SETTINGS).encode())
    sums = (
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(PLACE)}\n"
        for path in inside
        if path.relative_to(PLACE).parts[0] != "etc"
    )
    _put("DEBIAN/md5sums", "".join(sums).encode())
    for name in _SCRIPTS:
        _put(f"DEBIAN/{name}", (SOURCE / name).read_bytes(), 0o755)


def _date_all() -> None:
    """Everything dates from the commit, and may be read by everybody; nobody runs a library by its path."""
    moment, imported = (epoch(), epoch()), PLACE / LIBRARIES
    for path in [PLACE, *PLACE.rglob("*")]:
        if not path.is_symlink():
            is_run = path.stat().st_mode & 0o100 and not path.is_relative_to(imported)
            path.chmod(0o755 if path.is_dir() or is_run else 0o644)
        os.utime(path, moment, follow_symlinks=False)

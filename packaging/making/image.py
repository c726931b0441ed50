"""The OCI image, made by buildah without an engine: a root without a shell, and a user without rights.

Two builds of one commit from one bare Debian have the same files; a Debian of another day has other packages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from leakguard import __version__
from making.bare import STORE, USER, close, debian_packages, fill
from making.deb import PLACE
from making.lock import LOCK
from making.pins import locked
from making.places import BUILD, alone, epoch, run, say
from making.roots import base
from making.sbom import LICENCES, sbom
from making.sums import write_package_sums
from making.tree import LEFT_OUT, LIBRARIES, TREE_KEY, install_locked, make_tree

TARGET = BUILD / f"leakguard-{__version__}.oci.tar"
PARTS = BUILD / f"leakguard-{__version__}.oci.cdx.json"
NAME = f"leakguard:{__version__}"
_MADE_BY = ("bare.py", "image.py", "roots.py", "sbom.py", "tree.py")
_LABELS = {
    "title": "LeakGuard",
    "description": "Finds data stores that are open to the internet, and guides the response to a leak",
    "licenses": "Apache-2.0",
    "version": __version__,
}


def make_image() -> Path:
    """Build the image as an archive that `podman load` and `skopeo` read; returns its file."""
    with alone("image"):
        return _make_image()


def _make_image() -> Path:
    make_tree(PLACE)
    key, mark = _key(), TARGET.with_suffix(".sha256")
    if TARGET.exists() and PARTS.exists() and mark.exists() and mark.read_text(encoding="utf-8") == key:
        return TARGET
    with tempfile.TemporaryDirectory(prefix="image-", dir=BUILD) as place:
        _commit(Path(place))
    mark.write_text(key, encoding="utf-8")
    write_package_sums()
    say(f"{TARGET.stat().st_size:>12,} {TARGET.name}")
    return TARGET


def _key() -> str:
    """Tells what the image is made of from what another one is made of."""
    digest = hashlib.sha256(f"{TREE_KEY.read_text(encoding='utf-8')}{epoch()}".encode())
    for path in [base(), LICENCES, *(Path(__file__).with_name(name) for name in _MADE_BY)]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _commit(place: Path) -> None:
    debian = place / "debian"
    debian.mkdir()
    run(["tar", "--extract", "--numeric-owner", "--file", base(), "--directory", debian])
    storage: list[str | Path] = ["--root", place / "storage", "--runroot", place / "running", "--storage-driver", "vfs"]

    def buildah(*words: str) -> str:
        return run(["buildah", *storage, *words], env={"BUILDAH_ISOLATION": "chroot"}).strip()

    container = buildah("from", "scratch")
    root = Path(buildah("mount", container))
    names = fill(root, debian, PLACE)
    install_locked(root / LIBRARIES, LEFT_OUT)
    packages = debian_packages(debian)
    parts = sbom(locked(LOCK), debian=[packages[name] for name in names])
    document = root / "usr/share/doc/leakguard/sbom.cdx.json"
    document.parent.mkdir(parents=True)
    document.write_text(parts, encoding="utf-8")
    close(root)
    buildah("config", *_config(), container)
    TARGET.unlink(missing_ok=True)
    moment = ["--timestamp", str(epoch())]
    buildah("commit", "--quiet", "--disable-compression=false", *moment, container, f"oci-archive:{TARGET}:{NAME}")
    buildah("umount", container)
    PARTS.write_text(parts, encoding="utf-8")
    shutil.rmtree(place / "storage")


def _config() -> list[str]:
    created = datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {f"org.opencontainers.image.{name}": text for name, text in {**_LABELS, "created": created}.items()}
    return [
        *(word for name, text in sorted(labels.items()) for word in ("--label", f"{name}={text}")),
        "--user", f"{USER}:{USER}", "--workingdir", f"/{STORE}", "--volume", f"/{STORE}",
        "--created-by", "make image", "--entrypoint", json.dumps(["leakguard"]), "--cmd", "--help",
        "--env", "PATH=/usr/bin", "--env", "LANG=C.UTF-8", "--env", f"HOME=/{STORE}",
    ]  # fmt: skip

"""The list of parts (SBOM) of LeakGuard and its extras: CycloneDX 1.6, each with version, licence and hashes."""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from leakguard import __version__
from making.lock import LOCK
from making.pins import files_of, locked
from making.places import PACKAGING, NotMade, epoch

LICENCES = PACKAGING / "licences.toml"
_NAMESPACE = uuid.UUID("7e0f6d5c-6c38-5d0e-9b63-52f7a6a3f5c1")


def licences() -> Mapping[str, Any]:
    """The register of licences: what is allowed, and what each library has."""
    return tomllib.loads(LICENCES.read_text(encoding="utf-8"))


def write_sbom(folder: Path) -> Path:
    """Write the list of the parts that the default install and all extras may bring."""
    path = folder / f"leakguard-{__version__}-sbom.cdx.json"
    path.write_text(sbom(locked(LOCK)), encoding="utf-8")
    return path


def sbom(packages: Sequence[Mapping[str, Any]], *, name: str = "leakguard", debian: Sequence[str] = ()) -> str:
    """The document about these packages of a lock file, the same for the same commit.

    `debian` has what dpkg says of each Debian package that comes with them. It states no licence: the file
    `copyright` of the package does.
    """
    register = licences()["packages"]
    missing = [package["name"] for package in packages if package["name"] not in register]
    if missing:
        raise NotMade(f"packaging/licences.toml has no licence of {', '.join(missing)}")
    ours = {**_part(name, __version__, "Apache-2.0"), "type": "application"}
    parts = [_component(package, register[package["name"]]) for package in packages] + [_debian(one) for one in debian]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, json.dumps([name, __version__, epoch(), parts]))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": ours,
        },
        "components": parts,
        "dependencies": [{"ref": ours["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]}],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _part(name: str, version: str, licence: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    return {"bom-ref": purl, "name": name, "version": version, "purl": purl, "licenses": [{"expression": licence}]}


def _component(package: Mapping[str, Any], licence: str) -> dict[str, Any]:
    files = [
        {
            "type": "distribution",
            "url": file["url"],
            "hashes": [{"alg": "SHA-256", "content": file["hashes"]["sha256"]}],
        }
        for file in files_of(package)
    ]
    part = _part(package["name"], package["version"], licence)
    return {"type": "library", **part, "externalReferences": files}


def _debian(stanza: str) -> dict[str, Any]:
    said = dict(re.findall(r"^(Package|Version|Architecture): (.+)$", stanza, re.MULTILINE))
    version = quote(said["Version"], safe="")
    purl = f"pkg:deb/debian/{said['Package']}@{version}?arch={said['Architecture']}&distro=bookworm"
    return {"type": "library", "bom-ref": purl, "name": said["Package"], "version": said["Version"], "purl": purl}

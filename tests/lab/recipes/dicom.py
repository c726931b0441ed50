"""Nodes of medical images from Debian: Orthanc's DICOM port, and the nodes of DCMTK, which is also the client."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from lab.clients.lines import accepts
from lab.model import CANARY, NotAsNamed, NotHad, Server, records_of
from lab.recipes.asked import Place, debian_version, place
from lab.recipes.monitors import dicom_file
from lab.site import Site

_QUERY = ("-P", "-k", "QueryRetrieveLevel=PATIENT", "-k", "PatientName", "-k", "PatientID")
_STRANGER = ("-aet", "STRANGER", "-aec", "ANY-SCP")


async def orthanc_open(site: Site) -> list[Server]:
    """Whoever calls is answered."""
    return [await _orthanc(site, "orthanc-dicom-open", is_strict=False)]


async def orthanc_protected(site: Site) -> list[Server]:
    """It takes nobody that it does not know, not even for an echo."""
    return [await _orthanc(site, "orthanc-dicom-protected", is_strict=True)]


async def orthanc_as_it_comes(site: Site) -> list[Server]:
    """It takes everybody's call and agrees to queries, and refuses each one that comes."""
    return [await _orthanc(site, "orthanc-dicom-default-protected", is_strict=False)]


async def _orthanc(site: Site, name: str, *, is_strict: bool) -> Server:
    await site.shelf.debian("orthanc", "dcmtk")
    where = place(site, name)
    settings = {
        "Name": "lab",
        "StorageDirectory": str(where.workdir / "data"),
        "IndexDirectory": str(where.workdir / "data"),
        "HttpServerEnabled": False,
        "DicomPort": where.port,
        "DicomAlwaysAllowEcho": not is_strict,
        "DicomAlwaysAllowStore": not is_strict,
        "DicomAlwaysAllowFind": where.is_open,
        "Plugins": [],
    }
    (where.workdir / "orthanc.json").write_text(json.dumps(settings), encoding="utf-8")
    process = await site.start(where.workdir, ["/usr/sbin/Orthanc", where.workdir / "orthanc.json"])
    await site.until(process, where.workdir, lambda: accepts(where.port))
    people = [] if is_strict else records_of(name)
    for number, one in enumerate(people, 1):
        path = where.workdir / f"{number}.dcm"
        path.write_bytes(dicom_file(number, one["email"]))
        stored = await site.ask(where.workdir, ["storescu", "-aec", "ANY-SCP", "127.0.0.1", str(where.port), path])
        if stored.code:
            raise NotHad(f"{name} refused an image: {stored.text[-200:]}")
    return await _asserted(site, where, process, "orthanc")


async def dcmqrscp_protected(site: Site) -> list[Server]:
    """It answers only those who call it by its title."""
    await site.shelf.debian("dcmtk")
    where = place(site, "dcmqrscp-protected")
    (where.workdir / "images").mkdir()
    tables = [
        ("HostTable", ""), ("VendorTable", ""), ("AETable", f"ARCHIVE {where.workdir}/images RW (200, 64mb) ANY\n"),
    ]  # fmt: skip
    text = f"NetworkTCPPort = {where.port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
    text += "".join(f"{table} BEGIN\n{rows}{table} END\n" for table, rows in tables)
    (where.workdir / "conf").write_text(text, encoding="utf-8")
    process = await site.start(where.workdir, ["dcmqrscp", "-c", where.workdir / "conf"])
    await site.until(process, where.workdir, lambda: accepts(where.port))
    return [await _asserted(site, where, process, "dcmtk")]


async def storescp_protected(site: Site) -> list[Server]:
    """It takes images and answers no query."""
    await site.shelf.debian("dcmtk")
    where = place(site, "storescp-protected")
    run: list[str | Path] = ["storescp", "--output-directory", where.workdir, str(where.port)]
    process = await site.start(where.workdir, run)
    await site.until(process, where.workdir, lambda: accepts(where.port))
    return [await _asserted(site, where, process, "dcmtk")]


async def _asserted(site: Site, where: Place, process: asyncio.subprocess.Process, pin: str) -> Server:
    """A stranger asks for the patients, as only the lab's own client ever does."""
    asked = await site.ask(where.workdir, ["findscu", *_STRANGER, *_QUERY, "127.0.0.1", str(where.port)])
    if (CANARY in asked.text) is not where.is_open:
        raise NotAsNamed(f"{where.name} answered a stranger's query: {asked.text[-300:]}")
    version = await debian_version(site.shelf, pin)
    form = "open" if where.is_open else "protected"
    return Server(
        name=where.name, datastore="dicom", form=form, version=version, port=where.port, pid=process.pid
    )  # fmt: skip

"""What nmap says of the same servers, with those of its scripts that only read; and nuclei, where it is installed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad, Server

SCRIPTS: Mapping[str, str] = {
    "redis-info": "Version", "mongodb-databases": "totalSize", "memcached-info": "Process ID",
    "couchdb-databases": "ok",
    "cassandra-info": "Cluster name", "ftp-anon": "allowed", "mysql-empty-password": "account has empty password",
    "http-git": "Git repository found", "http-ls": "Volume", "ldap-rootdse": "namingContexts",
    "smb-enum-shares": "READ", "rsync-list-modules": "", "nfs-showmount": "", "docker-version": "Version",
    "hadoop-namenode-info": "Namenode", "hbase-master-info": "Hbase", "iscsi-info": "Authentication: NOT required",
    "http-webdav-scan": "WebDAV type", "riak-http-info": "", "svn-brute": "\0",
}  # fmt: skip
"""Script to a word that it says where a stranger is let in; all of them only read."""
SECONDS = 300.0


def nmap_words(servers: Sequence[Server], folder: Path) -> Mapping[str, str]:
    """Server to `open (redis-info)`, `named redis` or `not named`; empty where nmap is not to be had."""
    if not servers:
        return {}
    try:
        asyncio.run(Shelf(cache_folder()).debian("nmap"))
    except NotHad:
        return {}
    scripts = ",".join(name for name, word in SCRIPTS.items() if word != "\0")
    ports = ",".join(sorted({str(server.port) for server in servers}))
    out = folder / "nmap.xml"
    command = [
        "nmap",
        "-n",
        "-Pn",
        "-sT",
        "-sV",
        "-T4",
        "--script",
        scripts,
        "--script-timeout",
        "10s",
        "--version-intensity",
        "5",
    ]
    try:
        subprocess.run(
            [*command, "-p", ports, "-oX", str(out), "127.0.0.1"], check=False, capture_output=True, timeout=SECONDS
        )
        said = {int(port.get("portid", "0")): _words(port) for port in ET.parse(out).iter("port")}  # noqa: S314  (nmap's own)
    except (subprocess.TimeoutExpired, ET.ParseError, FileNotFoundError):
        return {server.name: "did not end" for server in servers}
    return {server.name: said.get(server.port, "not named") for server in servers}


def _words(port: ET.Element) -> str:
    for script in port.iter("script"):
        name, text = script.get("id", ""), script.get("output", "")
        if name in SCRIPTS and text and "ERROR" not in text and SCRIPTS[name] in text:
            return f"open ({name})"
    service = port.find("service")
    if service is None or service.get("method") == "table":
        return "not named"
    return f"named {service.get('product') or service.get('name')}"


def nuclei_words() -> str:
    """Whether nuclei stands beside it, and with which templates."""
    program = shutil.which("nuclei")
    templates = Path.home() / "nuclei-templates"
    if program is None:
        return "nuclei is not installed here, so its verdicts are missing."
    if not templates.is_dir():
        return "nuclei is installed here without its public templates, so its verdicts are missing."
    return "nuclei is installed, and its verdicts are not measured yet."

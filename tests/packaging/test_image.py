"""The image: read by skopeo, and run as a container would run it, by a user who may write nothing but the store."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from leakguard import __version__
from leakguard.errors import ExitCode
from making.image import PARTS, make_image
from making.lock import LOCK, versions
from making.places import BUILD, PACKAGING, ROOT
from making.roots import missing_tools
from making.tree import LIBRARIES
from support.certificates import server_context
from support.contained import STORE, USER, Container, serving

pytestmark = [
    pytest.mark.packages,
    pytest.mark.enable_socket,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(missing_tools()), reason=f"an image needs {', '.join(missing_tools())}"),
]

TOOLS = {"sh", "bash", "dash", "busybox", "perl", "apt", "apt-get", "dpkg", "pip", "pip3", "curl", "wget", "ensurepip"}
"""What somebody who got into a container would look for."""
MAY_BE_WRITTEN = {STORE, "tmp", "var/tmp"}
LOAD_ALL = """
import ctypes, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.so*")):
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        print(path.name, error)
"""
SETTINGS = """
country = "DE"
[[channel]]
name = "note"
kind = "file"
path = "alerts.txt"
[escalation]
levels = [{ role = "incident_manager", after = "PT0S", least = "notice" }]
[escalation.roles]
incident_manager = ["note"]
"""
SCOPE = (
    "scope", "init", "--organisation", "Example", "--contact", "a@example.org", "--approved-by", "CISO", "--include",
    "127.0.0.0/24",
)  # fmt: skip


@pytest.fixture(scope="session")
def image() -> Path:
    return make_image()


@pytest.fixture(scope="session")
def config(image: Path) -> dict[str, Any]:
    """The configuration of the image, as skopeo reads it."""
    told = subprocess.run(
        ["skopeo", "inspect", "--config", f"oci-archive:{image}"], check=True, capture_output=True, text=True
    )
    read: dict[str, Any] = json.loads(told.stdout)
    return read


@pytest.fixture(scope="session")
def root(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The layers of the image, one above the other."""
    place = tmp_path_factory.mktemp("image")
    layers, root = place / "layers", place / "root"
    subprocess.run(["skopeo", "copy", "--quiet", f"oci-archive:{image}", f"dir:{layers}"], check=True)
    root.mkdir()
    for layer in json.loads((layers / "manifest.json").read_text())["layers"]:
        digest = layer["digest"].removeprefix("sha256:")
        extract = ["tar", "--extract", "--numeric-owner", "--same-permissions", "--directory", str(root)]
        subprocess.run([*extract, "--file", layers / digest], check=True)
    shutil.rmtree(layers)
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def container(root: Path, config: dict[str, Any], tmp_path: Path) -> Container:
    """With an empty store, as a new volume is."""
    store = tmp_path / "store"
    store.mkdir(mode=0o750)
    os.chown(store, USER, USER)
    return Container(root, config["config"], store)


@pytest.fixture
def website(tmp_path: Path) -> Iterator[str]:
    """A web server with a dump in it, at a port of loopback that the kernel gives."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/backup.sql").write_text("-- MySQL dump 10.13\nCREATE TABLE customers (id INT, email TEXT);\n")
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(tmp_path / "site"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f"127.0.0.1:{server.stdout.readline().partition('port ')[2].split()[0]}"
        server.terminate()


def test_its_configuration_names_a_user_without_rights_the_command_and_what_it_is(config: dict[str, Any]) -> None:
    told = config["config"]
    assert (told["User"], told["Entrypoint"], told["WorkingDir"]) == ("65532:65532", ["leakguard"], f"/{STORE}")
    assert told["Volumes"] == {f"/{STORE}": {}}
    labels = {name.rpartition(".")[2]: text for name, text in told["Labels"].items() if "opencontainers" in name}
    assert (labels["version"], labels["licenses"], labels["created"]) == (__version__, "Apache-2.0", config["created"])
    assert {line.partition("=")[0] for line in told["Env"]} == {"PATH", "LANG", "HOME"}
    assert str(ROOT) not in json.dumps(config)


def test_it_runs_with_a_read_only_root_and_finds_what_is_open(container: Container, website: str) -> None:
    assert container.run("--version").stdout.startswith(f"leakguard {__version__}")
    scope = container.run(*SCOPE)
    assert scope.returncode == ExitCode.CLEAN, scope.stderr

    found = container.run("scan", website)

    assert found.returncode == ExitCode.EXPOSED, found.stderr
    assert re.search(r"\bF-[0-9a-f]{10,}\b", found.stdout), found.stdout
    assert container.run("scan", "show").returncode == ExitCode.CLEAN
    assert {path.stat().st_uid for path in container.store.iterdir()} == {USER}


def test_what_runs_in_it_may_write_the_store_and_nothing_else(container: Container) -> None:
    tried = "import sys; [open(name + '/tried', 'w') for name in sys.argv[1:]]"
    python = ["python3.11", "-c", tried]

    assert container.run(f"/{STORE}", "/tmp", entrypoint=python).returncode == 0  # noqa: S108  (of the container)
    for name in ("/", "/etc", "/opt/leakguard", "/usr/bin", "/var"):
        refused = container.run(name, entrypoint=python)
        assert "Read-only file system" in refused.stderr or "Permission denied" in refused.stderr, name


def test_the_watchman_sends_what_is_due(container: Container) -> None:
    (container.store / "leakguard.toml").write_text(SETTINGS)
    opened = container.run("incident", "open", "--title", "Test", "--zone", "UTC")
    assert opened.returncode == ExitCode.CLEAN, opened.stderr
    begun = container.run(
        "incident", "event", "IR-2026-0001", "notice_received", "--at", "2026-01-01T00:00Z", "--source", "x",
        "--reason", "y",
    )  # fmt: skip
    assert begun.returncode == ExitCode.CLEAN, begun.stderr

    done = container.run("watchman", "once")

    assert done.returncode == ExitCode.CLEAN, done.stdout + done.stderr
    assert "IR-2026-0001" in (container.store / "alerts.txt").read_text()


def test_a_letter_in_chinese_is_set_with_the_font_that_it_brings(container: Container) -> None:
    (container.store / "facts.yaml").write_text(container.run("notice", "example").stdout)

    words = ("--duty", "cn-pipl-57-individuals", "--lang", "zh", "--as", "pdf", "-o", "letter.pdf")
    done = container.run("notice", "draft", "facts.yaml", *words)

    assert done.returncode == ExitCode.CLEAN, done.stderr
    assert (container.store / "letter.pdf").read_bytes().startswith(b"%PDF-")


def test_the_web_server_answers_and_ends_when_it_is_asked(container: Container) -> None:
    with serving(container) as url, urllib.request.urlopen(f"{url}/api/v1/health", timeout=60) as answer:  # noqa: S310  (our own server)
        assert answer.status == 200


def test_the_health_checks_of_compose_and_kubernetes_tell_what_works_from_what_does_not(container: Container) -> None:
    services = yaml.safe_load((PACKAGING / "compose/compose.yaml").read_text(encoding="utf-8"))["services"]
    asks, looks = (services[name]["healthcheck"]["test"][1:] for name in ("web", "watchman"))
    server_context(container.store, "localhost")
    for path in container.store.iterdir():
        os.chown(path, USER, USER)
    container.environment["LEAKGUARD_HOST"] = "localhost"
    with serving(container, "--tls-cert", "cert.pem", "--tls-key", "key.pem", "--host", "localhost") as url:
        asked = asks[-1].replace("8443", url.rpartition(":")[2])
        alive = container.run(*asks[:-1], asked, entrypoint=[])
    assert (alive.returncode, url.startswith("https://")) == (0, True), alive.stderr
    assert container.run(*asks[:-1], asked, entrypoint=[]).returncode != 0

    assert container.run(*looks, entrypoint=[]).returncode != 0
    (container.store / "leakguard.toml").write_text(SETTINGS)
    assert container.run("watchman", "once").returncode == ExitCode.CLEAN
    assert container.run(*looks, entrypoint=[]).returncode == 0
    (beat,) = container.store.glob("*.heartbeat")
    os.utime(beat, (0, 0))
    assert container.run(*looks, entrypoint=[]).returncode != 0
    probe = (PACKAGING / "helm/leakguard/templates/watchman.yaml").read_text(encoding="utf-8")
    assert looks[-1] in probe


def test_no_file_may_be_written_by_its_user_and_none_gives_rights(root: Path) -> None:
    loose = []
    for path in [root, *root.rglob("*")]:
        if path.is_symlink() or (name := str(path.relative_to(root))) in MAY_BE_WRITTEN:
            continue
        told = path.stat()
        if (told.st_uid, told.st_gid) != (0, 0) or told.st_mode & (
            stat.S_IWGRP | stat.S_IWOTH | stat.S_ISUID | stat.S_ISGID
        ):
            loose.append(name)

    assert loose == []
    assert list((root / STORE).iterdir()) == []


def test_nothing_is_in_it_that_builds_installs_or_helps_an_intruder(root: Path) -> None:
    names = {path.name for path in root.rglob("*") if path.is_file() or path.is_symlink()}

    assert names & TOOLS == set()
    assert [path for path in root.rglob("*.py") if path.parts[-2] == "pip"] == []
    left = ("var/cache", "var/lib/apt", "var/lib/dpkg/info", "root", "home", "build", "work")
    assert [name for name in left if (root / name).exists()] == []
    assert [list((root / name).iterdir()) for name in ("tmp", "var/tmp", "run")] == [[], [], []]


def test_nothing_in_it_names_the_machine_that_built_it_or_holds_a_key(root: Path) -> None:
    own = root / "opt/leakguard"
    places = [str(ROOT).encode(), str(BUILD).encode()]
    found = []
    for path in [one for one in root.rglob("*") if one.is_file() and not one.is_symlink()]:
        content = path.read_bytes()
        named = any(place in content for place in places)
        if named or (not path.is_relative_to(own) and re.search(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\n\w", content)):
            found.append(str(path.relative_to(root)))

    assert found == []


def test_every_library_finds_what_it_links_to(container: Container) -> None:
    for folder in (f"/{LIBRARIES}", "/usr/lib/python3.11/lib-dynload"):
        done = container.run(folder, entrypoint=["python3.11", "-c", LOAD_ALL])

        assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_list_of_parts_names_every_library_and_every_package_of_debian(root: Path) -> None:
    named = {(one["name"], one["version"]) for one in json.loads(PARTS.read_text())["components"]}
    inside = (root / "usr/share/doc/leakguard/sbom.cdx.json").read_text()
    there = {
        one.metadata["Name"].lower().replace("_", "-").replace(".", "-")
        for one in distributions(path=[str(root / LIBRARIES)])
    }
    debian = {path.name: path.read_text() for path in (root / "var/lib/dpkg/status.d").iterdir()}

    assert inside == PARTS.read_text()
    assert there == {*versions(LOCK), "leakguard"}
    assert named == {
        *versions(LOCK).items(),
        *((name, re.findall(r"^Version: (.+)$", text, re.MULTILINE)[0]) for name, text in debian.items()),
    }
    assert [name for name in debian if not list(root.glob(f"usr/share/doc/{name}/copyright"))] == []


def test_the_sums_are_those_of_the_files(image: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "--check", "--ignore-missing", "SHA256SUMS"],
        cwd=BUILD,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert {f"{image.name}: OK", f"{PARTS.name}: OK"} <= set(done.stdout.splitlines())

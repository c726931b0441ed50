"""The Debian package: installed in a bare Debian 12, used, upgraded, and purged."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from making.deb import SOURCE, make_deb
from making.lock import LOCK, versions
from making.places import ROOT
from making.roots import INCLUDED, chroot, missing_tools, new_root
from making.tree import LEFT_OUT, LIBRARIES
from support.first_finding import add_user, first_scan

pytestmark = [
    pytest.mark.packages,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("roots"),
    pytest.mark.skipif(bool(missing_tools()), reason=f"a Debian package needs {', '.join(missing_tools())}"),
]

UNITS = sorted(path.name for path in [*SOURCE.glob("*.service"), *SOURCE.glob("*.timer")])
MOST_EXPOSED = 2.5
"""What `systemd-analyze security` may say of a service: 10 is exposed to everything, below 2.5 needs no second look."""
SERVE = """
import sys
from leakguard.demolab.lab import DemoLab
with DemoLab() as lab:
    print("%s:%d" % lab.endpoints["open"], flush=True)
    sys.stdin.read()
"""
STORE, SHARED = "/var/lib/leakguard", "/srv/response"
SHARING = (
    "groupadd response; for user in first second third; do useradd --no-create-home $user; done",
    "usermod --append --groups response first; usermod --append --groups response second",
    f"mkdir {SHARED}; chgrp response {SHARED} && chmod 2770 {SHARED}",
    f"echo 'group = \"response\"' > {SHARED}/leakguard.toml",
)
"""What docs/how-to/share-the-store.md says to do: two users of a group, and one who is not in it."""
SCOPE = [
    "scope",
    "init",
    "--organisation",
    "Example",
    "--contact",
    "a@example.org",
    "--approved-by",
    "CISO",
    "--include",
    "127.0.0.0/24",
]


@pytest.fixture(scope="session")
def deb() -> Path:
    return make_deb()


@pytest.fixture(scope="session")
def root(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bare Debian 12 with the package installed."""
    place = new_root(tmp_path_factory.mktemp("debian") / "root")
    installed(place, deb)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def installed(root: Path, deb: Path) -> str:
    """Install it as `apt install ./leakguard.deb` would; returns what was said."""
    shutil.copy(deb, root / "leakguard.deb")
    done = chroot(root, ["dpkg", "--install", "/leakguard.deb"])
    assert done.returncode == 0, done.stderr
    return done.stdout


def leakguard(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As the user of the services, in their folder."""
    user = re.search(r"^leakguard:x:(\d+):(\d+):", (root / "etc/passwd").read_text(), re.MULTILINE)
    assert user is not None
    return chroot(root, ["leakguard", *words], user=f"{user[1]}:{user[2]}", folder=STORE)


@contextmanager
def open_server() -> Iterator[str]:
    """The address and port of a store without a login, served by a process of its own until the end."""
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as serving:
        assert serving.stdin is not None
        assert serving.stdout is not None
        yield serving.stdout.readline().strip()
        serving.stdin.close()


def test_logrotate_takes_the_file_for_its_logs(root: Path) -> None:
    rules = (root / "etc/logrotate.d/leakguard").read_text()

    assert rules.splitlines()[0] == "/var/log/leakguard/*.log {"
    assert (root / "var/log/leakguard").stat().st_mode & 0o777 == 0o750
    (root / "logrotate.conf").write_text(rules.replace("su leakguard leakguard", "su root root"))
    done = subprocess.run(
        ["logrotate", "--debug", root / "logrotate.conf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


def test_the_command_runs_and_finds_what_is_open(root: Path) -> None:
    """What the README does first, in a root that has nothing but the package."""
    assert leakguard(root, "--version").stdout.startswith("leakguard")
    assert leakguard(root, *SCOPE).returncode == 0
    with open_server() as endpoint:
        done = leakguard(root, "scan", endpoint)

    assert done.returncode == ExitCode.EXPOSED, done.stderr
    assert re.search(r"\bF-[0-9a-f]{10,}\b", done.stdout), done.stdout
    shown = leakguard(root, "scan", "show")
    assert shown.returncode == 0, shown.stderr
    verified = leakguard(root, "evidence", "verify")
    assert "Traceback" not in verified.stderr


def test_anybody_on_the_machine_finds_what_the_first_scan_of_the_readme_finds(root: Path) -> None:
    found = first_scan(root, add_user(root))

    assert found.returncode == ExitCode.EXPOSED, found.stderr
    assert re.search(r"^HIGH .* F-[0-9a-f]{16} ", found.stdout, re.MULTILINE), found.stdout


def test_doctor_names_what_such_a_machine_lacks(root: Path) -> None:
    done = leakguard(root, "doctor")

    assert done.returncode in {ExitCode.EXPOSED, ExitCode.UNFINISHED}, done.stderr
    assert "fonts-noto-cjk" in done.stdout


def test_a_letter_in_chinese_names_the_font_that_is_missing(root: Path) -> None:
    facts = leakguard(root, "notice", "example").stdout
    (root / STORE[1:] / "facts.yaml").write_text(facts, encoding="utf-8")

    words = ["--duty", "cn-pipl-57-individuals", "--lang", "zh", "--as", "pdf", "-o", "/tmp/letter.pdf"]  # noqa: S108  (of the root)
    done = leakguard(root, "notice", "draft", "facts.yaml", *words)

    assert done.returncode == ExitCode.UNFINISHED, done.stderr
    assert "apt-get install fonts-noto-cjk" in done.stderr


def test_the_root_has_what_the_package_depends_on_and_nothing_else_that_it_needs() -> None:
    """A root that brought more would hide a dependency that is not stated."""
    told = re.search(r"^Depends: (.*)$", (SOURCE / "control").read_text(encoding="utf-8"), re.MULTILINE)
    assert told is not None

    asked = {one.rpartition("|")[2].split()[0].removesuffix(":any") for one in told[1].split(",")}
    assert asked - {"libc6"} == set(INCLUDED)


def test_every_extra_but_the_font_is_there(root: Path) -> None:
    there = {one.metadata["Name"].lower(): one.version for one in distributions(path=[str(root / LIBRARIES)])}
    held = {name: version for name, version in versions(LOCK).items() if name not in LEFT_OUT}

    assert {name.replace("_", "-").replace(".", "-"): version for name, version in there.items()} == {
        **held,
        "leakguard": there["leakguard"],
    }


def test_manual_pages_completions_and_the_list_of_parts_are_where_debian_looks(root: Path) -> None:
    share = root / "usr/share"

    assert (share / "man/man1/leakguard.1.gz").is_file()
    assert (share / "bash-completion/completions/leakguard").is_file()
    assert (share / "doc/leakguard/sbom.cdx.json").is_file()
    assert (root / "etc/leakguard/leakguard.toml").is_file()
    assert (root / "var/lib/leakguard/leakguard.toml").is_symlink()


def test_the_units_are_what_systemd_understands(root: Path) -> None:
    """Beside the units of the systemd that judges them, as the bare root runs none."""
    for kind in ("target", "slice", "mount", "socket"):
        for path in Path("/lib/systemd/system").glob(f"*.{kind}"):
            shutil.copy(path, root / "lib/systemd/system" / path.name)
    units = [name.replace("@.", "@campus.") for name in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--root", root, "--man=no", *units], capture_output=True, text=True, check=False
    )

    assert (done.returncode, [line for line in done.stderr.splitlines() if "leakguard" in line]) == (0, [])


@pytest.mark.parametrize("unit", [name for name in UNITS if name.endswith(".service")])
def test_a_service_may_do_no_more_than_it_needs(unit: str) -> None:
    path = SOURCE / unit
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", f"--threshold={MOST_EXPOSED * 10:.0f}", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_a_group_shares_a_store_and_everybody_else_is_refused(root: Path) -> None:
    """By users of the machine, whatever umask each has."""

    def typed(user: str, words: str, umask: str = "077") -> subprocess.CompletedProcess[str]:
        script = f"cd {SHARED}; umask {umask}; leakguard {words}"
        return chroot(root, ["runuser", "-u", user, "--", "bash", "-c", script])

    for words in SHARING:
        done = chroot(root, ["bash", "-ec", words])
        assert done.returncode == 0, done.stderr
    opened = typed("first", 'incident open --title "Backup open to the internet" --zone UTC')
    assert opened.returncode == 0, opened.stderr
    noted = typed("second", "incident event IR-2026-0001 discovery --source SOC".replace("2026", _year(opened)), "000")
    assert noted.returncode == 0, noted.stderr
    shown = typed("first", f"incident show IR-{_year(opened)}-0001").stdout
    assert "recorded by first (user" in shown
    assert "recorded by second (user" in shown
    assert typed("first", "evidence key init").returncode == 0

    files = {path.name: path.stat().st_mode & 0o777 for path in (root / SHARED[1:]).iterdir()}
    assert {files[name] for name in files if name.startswith("leakguard.db")} == {0o660}
    assert files["leakguard.key"] == 0o600
    refused = typed("third", f"--store {SHARED}/leakguard.db incident list")
    assert refused.returncode == ExitCode.UNFINISHED
    assert refused.stdout == ""
    assert "cannot be opened (Permission denied)" in refused.stderr
    assert "Ask its owner for a place in the group that shares it" in refused.stderr


def _year(opened: subprocess.CompletedProcess[str]) -> str:
    return opened.stdout.split("-")[1]


def test_an_upgrade_leaves_a_store_of_an_older_release_as_it_is(root: Path, deb: Path) -> None:
    """Its owner lifts it with the first command, after a backup."""
    kept = sorted((ROOT / "tests/kept").rglob("store.db"))
    old = root / STORE[1:] / "older.db"
    old.write_bytes(kept[0].read_bytes())

    said = installed(root, deb)

    assert old.read_bytes() == kept[0].read_bytes()
    assert "LeakGuard was upgraded. Its services are stopped and the store is untouched." in said
    assert "leakguard store backup" in said


def test_a_purge_takes_the_program_and_leaves_the_store(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = new_root(tmp_path_factory.mktemp("purged") / "root")
    installed(root, deb)
    store = root / STORE[1:] / "leakguard.db"
    store.write_bytes(b"evidence")

    done = chroot(root, ["dpkg", "--purge", "leakguard"])

    assert done.returncode == 0, done.stderr
    assert store.read_bytes() == b"evidence"
    left = [path for path in ("opt/leakguard", "etc/leakguard", "usr/bin/leakguard") if os.path.lexists(root / path)]
    assert left == []
    assert not (store.parent / "leakguard.toml").is_symlink()
    shutil.rmtree(root, ignore_errors=True)

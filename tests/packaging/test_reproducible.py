"""The same commit gives the same bytes, wherever and from what it is built."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from making.dist import build, manual, sdist_of, wheel_of, write_sums
from making.places import ROOT, epoch

pytestmark = [pytest.mark.packages, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in another folder, without its history, written by somebody with another umask."""
    home = tmp_path_factory.mktemp("another-place") / "z" / "checkout"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        target = home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
        target.chmod(0o600 | ((ROOT / name).stat().st_mode & 0o100))
    return home


def test_wheel_and_source_archive_are_the_same_bytes_from_another_folder(
    built: Path, elsewhere: Path, tmp_path: Path
) -> None:
    build(elsewhere, tmp_path)

    assert wheel_of(tmp_path).read_bytes() == wheel_of(built).read_bytes()
    assert sdist_of(tmp_path).read_bytes() == sdist_of(built).read_bytes()


def test_the_wheel_that_is_built_from_the_source_archive_is_the_wheel_of_the_checkout(
    built: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist_of(built)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()

    build(unpacked, tmp_path / "again", "wheel")

    assert wheel_of(tmp_path / "again").read_bytes() == wheel_of(built).read_bytes()


def test_a_form_that_lies_in_the_tree_is_refused(elsewhere: Path, tmp_path: Path) -> None:
    """Else a wheel would hold a form that was made from other files."""
    copy = tmp_path / "copy"
    shutil.copytree(elsewhere, copy)
    (copy / "checks" / "compiled.json").write_text("{}")

    with pytest.raises(Exception, match="is made by the build alone; remove it"):
        build(copy, tmp_path / "out", "wheel")


def test_what_is_built_dates_from_the_commit(built: Path) -> None:
    with tarfile.open(sdist_of(built)) as archive:
        assert {member.mtime for member in archive.getmembers() if member.isfile()} == {epoch()}


def test_the_manual_is_one_archive_with_a_page_for_the_command_and_completions(built: Path) -> None:
    first = manual(built).read_bytes()

    assert manual(built).read_bytes() == first
    with tarfile.open(manual(built)) as archive:
        names = set(archive.getnames())
    assert {"share/man/man1/leakguard.1", "share/man/man1/leakguard-scan-run.1"} <= names
    assert "share/bash-completion/completions/leakguard" in names


def test_the_sums_are_those_that_sha256sum_checks(built: Path) -> None:
    write_sums(built)

    done = subprocess.run(
        ["sha256sum", "--strict", "--check", "SHA256SUMS"], cwd=built, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert wheel_of(built).name.encode() in done.stdout

"""Compiled forms: made once, kept for the user alone, and never taken from anybody else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from leakguard import __version__
from leakguard.bundled import BundledFiles, compiled_forms
from leakguard.bundled.compiled_forms import FILE, MOST_BYTES, CompiledForms, cache_folder
from leakguard.checks.library import compile_library
from leakguard.errors import BadFile
from leakguard.notices.book import compile_duties
from leakguard.sensitivity.compiled import compile_book
from leakguard.use_cases.incidents.playbooks import compile_playbooks
from support.shipped import FORMS

SHIPPED = {
    "checks": compile_library, "duties": compile_duties, "playbooks": compile_playbooks, "sensitivity": compile_book,
}  # fmt: skip


class Compiler:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, texts: Mapping[str, str]) -> str:
        self.times += 1
        return f"form of {sorted(texts.items())}: härte\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one check."""
    (tmp_path / "root" / "checks").mkdir(parents=True)
    (tmp_path / "root" / "checks" / "a.yaml").write_text("a: 1\n")
    return tmp_path / "root"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".cache" / "leakguard"


def form(root: Path, cache: Path | None, compiler: Compiler) -> str:
    return CompiledForms(BundledFiles(root), cache).of("checks", BundledFiles(root).texts("checks"), compiler).decode()


def kept_in(cache: Path) -> Path:
    (found,) = cache.iterdir()
    return found


def test_a_form_is_made_once_and_is_the_same_afterwards(root: Path, cache: Path) -> None:
    compiler = Compiler()

    first, second = form(root, cache, compiler), form(root, cache, compiler)

    assert first == second == compiler({"a.yaml": "a: 1\n"})
    assert compiler.times == 1 + 1, "once for the form, and once for this comparison"
    assert kept_in(cache).stat().st_mode & 0o777 == 0o600
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_form_that_ships_needs_no_cache(root: Path, cache: Path) -> None:
    (root / "checks" / FILE).write_text("as shipped")
    compiler = Compiler()

    assert form(root, cache, compiler) == "as shipped"
    assert (compiler.times, cache.exists()) == (0, False)


def test_files_that_changed_are_compiled_anew_and_leave_one_cache_file(root: Path, cache: Path) -> None:
    compiler = Compiler()
    form(root, cache, compiler)

    (root / "checks" / "a.yaml").write_text("a: 2\n")

    assert "a: 2" in form(root, cache, compiler)
    assert compiler.times == 2
    kept_in(cache)


def test_a_new_file_and_another_release_are_compiled_anew(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = Compiler()
    form(root, cache, compiler)

    (root / "checks" / "b.yaml").write_text("")
    form(root, cache, compiler)
    monkeypatch.setattr(compiled_forms, "__version__", f"{__version__}.1")
    form(root, cache, compiler)

    assert compiler.times == 3


def test_changed_code_compiles_anew(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A form that older code made may lack what newer code asks of it."""
    package = tmp_path / "leakguard"
    (package / "checks").mkdir(parents=True)
    (package / "checks" / "rules.py").write_text("ONE = 1\n")
    monkeypatch.setattr(compiled_forms, "__file__", str(package / "bundled" / "compiled_forms.py"))
    compiler = Compiler()
    form(root, cache, compiler)
    form(root, cache, compiler)

    (package / "checks" / "rules.py").write_text("ONE = 1111\n")
    form(root, cache, compiler)

    assert compiler.times == 2


def test_two_checkouts_keep_a_form_each(root: Path, cache: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "checks").mkdir(parents=True)
    (other / "checks" / "a.yaml").write_text("a: 3\n")
    compiler = Compiler()

    for _ in range(2):
        assert "a: 1" in form(root, cache, compiler)
        assert "a: 3" in form(other, cache, compiler)

    assert compiler.times == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"\n\n",
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data.replace(b"form of", b"evil of"),
        lambda data: data[:-3] + b"\xff\xff\n",
        lambda data: data + b" " * MOST_BYTES,
    ],
)
def test_a_broken_cache_file_is_not_trusted_and_is_replaced(root: Path, cache: Path, change: object) -> None:
    compiler = Compiler()
    whole = form(root, cache, compiler)
    kept = kept_in(cache)
    before = kept.read_bytes()
    assert callable(change)
    kept.write_bytes(change(before))

    assert form(root, cache, compiler) == whole
    assert compiler.times == 2
    assert kept.read_bytes() == before


def forged(kept: Path) -> None:
    """A file with a right digest, as anybody can make it who may write there."""
    key = kept.read_bytes().split(b"\n")[0]
    evil = b"evil"
    kept.write_bytes(b"\n".join((key, hashlib.sha256(evil).hexdigest().encode(), evil)))


def test_a_forged_file_of_our_own_would_be_read(root: Path, cache: Path) -> None:
    """So that the tests below show what keeps such a file out: its mode, its owner and its kind."""
    form(root, cache, Compiler())
    forged(kept_in(cache))

    assert form(root, cache, Compiler()) == "evil"


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_trusted(root: Path, cache: Path, mode: int) -> None:
    form(root, cache, Compiler())
    forged(kept_in(cache))
    kept_in(cache).chmod(mode)

    assert form(root, cache, Compiler()).startswith("form of")
    assert kept_in(cache).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_may_write_is_neither_read_nor_written(root: Path, cache: Path, mode: int) -> None:
    form(root, cache, Compiler())
    forged(kept_in(cache))
    before = kept_in(cache).read_bytes()
    cache.chmod(mode)

    assert form(root, cache, Compiler()).startswith("form of")
    assert kept_in(cache).read_bytes() == before


def test_what_somebody_else_owns_is_neither_read_nor_written(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We are somebody else here, as nobody can give a file away without being root."""
    form(root, cache, Compiler())
    forged(kept_in(cache))
    before = kept_in(cache).read_bytes()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    assert form(root, cache, Compiler()).startswith("form of")
    assert kept_in(cache).read_bytes() == before


def test_no_cache_is_made_in_the_home_of_somebody_else(
    root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sudo` may leave `HOME` as it was."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    assert form(root, cache, Compiler()).startswith("form of")
    assert not cache.parent.exists()


def test_a_link_is_not_followed(root: Path, cache: Path, tmp_path: Path) -> None:
    form(root, cache, Compiler())
    kept, elsewhere = kept_in(cache), tmp_path / "elsewhere.json"
    forged(kept)
    kept.rename(elsewhere)
    kept.symlink_to(elsewhere)

    assert form(root, cache, Compiler()).startswith("form of")
    assert b"evil" in elsewhere.read_bytes()
    assert not kept.is_symlink()


def test_a_folder_that_is_a_link_is_not_followed(root: Path, cache: Path, tmp_path: Path) -> None:
    cache.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    cache.symlink_to(tmp_path / "elsewhere")

    assert form(root, cache, Compiler()).startswith("form of")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_pipe_in_the_place_of_the_file_does_not_stop_us(root: Path, cache: Path) -> None:
    form(root, cache, Compiler())
    kept = kept_in(cache)
    kept.unlink()
    os.mkfifo(kept, 0o600)

    assert form(root, cache, Compiler()).startswith("form of")


@pytest.mark.parametrize("where", [None, Path("/proc/no-such/place"), Path("/dev/null/leakguard")])
def test_without_a_place_to_keep_it_the_form_is_made_each_time(root: Path, where: Path | None) -> None:
    compiler = Compiler()

    assert form(root, where, compiler) == form(root, where, compiler)
    assert compiler.times == 2


def test_a_full_disk_leaves_nothing_behind(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    assert form(root, cache, Compiler()).startswith("form of")
    assert list(cache.iterdir()) == []


def test_of_broken_files_there_is_no_form(root: Path, cache: Path) -> None:
    """Whoever reads the files themselves names every problem, with its line."""

    def refuse(_: Mapping[str, str]) -> str:
        raise BadFile.whole("a.yaml", "broken")

    assert CompiledForms(BundledFiles(root), cache).of("checks", {"a.yaml": "{"}, refuse) == b""
    assert not cache.exists()


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "/var/cache/me", "HOME": "/home/me"}, Path("/var/cache/me/leakguard")),
        ({"HOME": "/home/me"}, Path("/home/me/.cache/leakguard")),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, Path("/home/me/.cache/leakguard")),
        ({"XDG_CACHE_HOME": ""}, None),
        ({"HOME": "relative"}, None),
    ],
)
def test_the_cache_is_where_the_users_programs_keep_theirs(environment: dict[str, str], folder: Path | None) -> None:
    assert cache_folder(environment) == folder


def test_the_shipped_files_have_forms() -> None:
    for folder, make in SHIPPED.items():
        texts = BundledFiles().texts(folder)
        assert FORMS.of(folder, texts, make).decode() == make(texts)

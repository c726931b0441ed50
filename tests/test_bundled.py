"""The data that ships, found in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard import bundled
from leakguard.bundled import FOLDERS, BundledFiles
from leakguard.errors import BadFile, NotFound


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_ships_with_something_in_it(folder: str) -> None:
    assert BundledFiles().path(folder).is_dir()
    assert BundledFiles().names(folder, suffix="")


def test_names_are_sorted_relative_and_by_suffix(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt", "below/d.yaml"):
        path = tmp_path / "checks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")

    assert BundledFiles(tmp_path).names("checks") == ("a.yaml", "b.yaml", "below/d.yaml")
    assert BundledFiles(tmp_path).names("checks", suffix=".txt") == ("c.txt",)
    assert BundledFiles(tmp_path).text("checks", "below/d.yaml") == "below/d.yaml"
    assert BundledFiles(tmp_path).names("missing") == ()
    assert BundledFiles(tmp_path).texts("checks") == {
        "a.yaml": "a.yaml",
        "b.yaml": "b.yaml",
        "below/d.yaml": "below/d.yaml",
    }
    assert BundledFiles(tmp_path).texts("missing") == {}


def test_the_organisations_own_files_are_among_all_texts(tmp_path: Path) -> None:
    for name in ("duties/a.yaml", "ours/b.yaml", "duties/own/c.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    both = BundledFiles(tmp_path, own_duties=tmp_path / "ours")

    assert both.texts("duties") == {
        "a.yaml": "duties/a.yaml", "own/b.yaml": "ours/b.yaml", "own/c.yaml": "duties/own/c.yaml",
    }  # fmt: skip
    assert both.text("duties", "own/b.yaml") == "ours/b.yaml"


def own(folder: Path) -> BundledFiles:
    return BundledFiles(folder / "shipped", own_duties=folder / "ours")


def test_every_yaml_file_of_the_organisation_counts_by_whatever_way_it_is_there(tmp_path: Path) -> None:
    """What is passed over without a word is a duty that does not apply."""
    ours, elsewhere = tmp_path / "ours", tmp_path / "elsewhere"
    for path in (ours / "a.yaml", ours / "b.yml", ours / "C.YAML", elsewhere / "d.yaml", ours / "e.txt"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.name, encoding="utf-8")
    (ours / "linked").symlink_to(elsewhere)
    (elsewhere / "circle").symlink_to(ours)

    assert own(tmp_path).texts("duties") == {
        "own/C.YAML": "C.YAML", "own/a.yaml": "a.yaml", "own/b.yml": "b.yml", "own/linked/d.yaml": "d.yaml",
    }  # fmt: skip


def test_what_kubernetes_mounts_counts_once(tmp_path: Path) -> None:
    """A ConfigMap is a folder with a date, a link to it that is exchanged, and a link to each of its files."""
    dated = tmp_path / "ours" / "..2026_12_01"
    dated.mkdir(parents=True)
    (dated / "acme.yaml").write_text("x", encoding="utf-8")
    (tmp_path / "ours" / "..data").symlink_to(dated.name)
    (tmp_path / "ours" / "acme.yaml").symlink_to("..data/acme.yaml")

    assert own(tmp_path).texts("duties") == {"own/acme.yaml": "x"}


@pytest.mark.parametrize("name", ["acme.yaml", "folder"])
def test_a_link_that_leads_nowhere_is_refused_and_the_lock_of_an_editor_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / ".#acme.yaml").symlink_to("somebody@host.1:2")
    assert own(tmp_path).names("duties") == ()
    (tmp_path / "ours" / name).symlink_to("gone")

    with pytest.raises(BadFile, match=f"{name}: 1 problem\\n  is a link that leads nowhere"):
        own(tmp_path).names("duties")


@pytest.mark.parametrize("name", ["missing.yaml", "../secret.yaml", "/etc/hostname", "below", ""])
def test_nothing_outside_the_folder_is_ever_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "checks" / "below").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("secret", encoding="utf-8")

    with pytest.raises(NotFound, match="there is no") as caught:
        BundledFiles(tmp_path).text("checks", name)

    assert str(tmp_path) in caught.value.next_step


def test_a_wheel_has_its_own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, the folders lie inside the package; in a checkout they lie beside `src`."""
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path)
    (tmp_path / "_data" / "checks").mkdir(parents=True)

    assert BundledFiles().path("checks") == tmp_path / "_data" / "checks"

"""A release is cut from a whole tree by one command, and a tree that is not ready is refused unchanged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support import release

ROOT = Path(__file__).parents[2]
KEPT = ("changes/README.md", "changes/template.jinja")
TYPES = ("added", "changed", "law", "deprecated", "removed", "fixed", "security")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a release changes and reads, in a repository of its own."""
    for name in ("CHANGELOG.md", "towncrier.toml", *KEPT, str(release.VERSION_FILE)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    release.git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    for key, value in (("user.name", "Test"), ("user.email", "test@example.org"), ("commit.gpgsign", "false")):
        release.git(tmp_path, "config", key, value)
    commit(tmp_path)
    return tmp_path


def commit(tree: Path) -> None:
    release.git(tree, "add", "--all")
    release.git(tree, "commit", "--quiet", "--message", "All")


def next_of(version: str) -> str:
    major, minor, _ = version.split(".")
    return f"{major}.{int(minor) + 1}.0"


def test_notes_become_the_newest_section_of_the_changelog(tree: Path) -> None:
    version = next_of(release.current_version(tree))
    before = (tree / release.CHANGELOG).read_text("utf-8")
    for kind in TYPES:
        (tree / "changes" / f"subject.{kind}.md").write_text(f"A sentence about what is {kind}.\n", encoding="utf-8")
    commit(tree)

    assert release.main(version, tree) == 0

    text = (tree / release.CHANGELOG).read_text("utf-8")
    section = text.split(f"## {version} (", 1)[1].split("\n## ", 1)[0]
    assert all(f"\n- A sentence about what is {kind}.\n" in section for kind in TYPES)
    assert text.index(f"## {version} (") < text.index("\n## ", text.index(f"## {version} (") + 3)
    assert before.split("<!-- notes of releases begin -->", 1)[1].strip() in text
    assert release.current_version(tree) == version
    assert sorted(f"changes/{note.name}" for note in (tree / "changes").iterdir()) == sorted(KEPT)
    assert release.git(tree, "status", "--porcelain") == ""
    assert release.git(tree, "tag", "--points-at", "HEAD") == f"v{version}"


def test_a_section_that_was_written_by_hand_gets_its_day(tree: Path) -> None:
    version = next_of(release.current_version(tree))
    changelog = tree / release.CHANGELOG
    mark = "<!-- notes of releases begin -->\n"
    changelog.write_text(changelog.read_text("utf-8").replace(mark, f"{mark}\n## {version} (unreleased)\n", 1), "utf-8")
    commit(tree)

    assert release.main(version, tree) == 0

    assert f"## {version} (unreleased)" not in changelog.read_text("utf-8")
    assert f"## {version} (20" in changelog.read_text("utf-8")


def test_a_section_that_was_written_by_hand_takes_the_notes_in_before_what_is_experimental(tree: Path) -> None:
    version = next_of(release.current_version(tree))
    changelog = tree / release.CHANGELOG
    mark = "<!-- notes of releases begin -->\n"
    by_hand = f"\n## {version} (unreleased)\n\nWhat it is.\n\n### Experimental\n\n- A trial.\n"
    older = changelog.read_text("utf-8").partition(mark)[2]
    changelog.write_text(changelog.read_text("utf-8").replace(mark, f"{mark}{by_hand}", 1), "utf-8")
    (tree / "changes" / "subject.added.md").write_text("A sentence about what is new.\n", encoding="utf-8")
    commit(tree)

    assert release.main(version, tree) == 0

    section = changelog.read_text("utf-8").partition(f"## {version} (20")[2].partition("\n## ")[0]
    parts = ["What it is.", "### Added", "- A sentence about what is new.", "### Experimental", "- A trial."]
    assert [section.count(part) for part in parts] == [1] * len(parts)
    assert sorted(parts, key=section.index) == parts
    assert changelog.read_text("utf-8").count(f"## {version} (") == 1
    assert older.strip() in changelog.read_text("utf-8")
    assert sorted(f"changes/{note.name}" for note in (tree / "changes").iterdir()) == sorted(KEPT)


def test_pages_name_the_files_of_the_release(tree: Path) -> None:
    version = next_of(release.current_version(tree))
    changelog = tree / release.CHANGELOG
    mark = "<!-- notes of releases begin -->\n"
    changelog.write_text(changelog.read_text("utf-8").replace(mark, f"{mark}\n## {version} (unreleased)\n", 1), "utf-8")
    for name in release.NAMING:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    commit(tree)

    assert release.main(version, tree) == 0

    texts = [(tree / name).read_text("utf-8") for name in release.NAMING]
    assert all(f"-{version}-py3-none-any.whl" in text for text in texts)
    assert f"leakguard_{version}-1_amd64.deb" in texts[0]
    assert [text for text in texts if "leakguard-0.1.0" in text or "leakguard_0.1.0" in text] == []


@pytest.mark.parametrize("version", ["", "1", "1.0", "v1.0.0", "1.0.0rc1", "01.0.0", "0.0.1", "0.1.0\n"])
def test_what_is_no_newer_version_is_refused(tree: Path, version: str, capsys: pytest.CaptureFixture[str]) -> None:
    changelog = tree / release.CHANGELOG
    changelog.write_text(changelog.read_text("utf-8").replace("(unreleased)", "(2026-12-01)"), "utf-8")
    commit(tree) if release.git(tree, "status", "--porcelain") else None
    head = release.git(tree, "rev-parse", "HEAD")

    assert release.main(version, tree) == 2

    assert capsys.readouterr().err.startswith("release: ")
    assert release.git(tree, "rev-parse", "HEAD") == head
    assert release.git(tree, "tag") == ""


@pytest.mark.parametrize("problem", ["uncommitted", "tagged", "no note"])
def test_a_tree_that_is_not_ready_is_refused(tree: Path, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    version = next_of(release.current_version(tree))
    if problem != "no note":
        (tree / "changes" / "subject.fixed.md").write_text("A sentence.\n", encoding="utf-8")
        commit(tree)
    if problem == "uncommitted":
        (tree / "new").write_text("", encoding="utf-8")
    if problem == "tagged":
        release.git(tree, "tag", f"v{version}")

    assert release.main(version, tree) == 2

    word = {"uncommitted": "not committed", "tagged": "exists already", "no note": "has no note"}[problem]
    assert word in capsys.readouterr().err
    assert release.current_version(tree) != version

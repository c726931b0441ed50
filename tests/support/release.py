"""Cuts a release: `PYTHONPATH=tests python -m support.release 0.2.0` after CI's two scripts; see `make release`.

Writes the version, gathers the notes of `changes/` into the changelog, commits both and tags the commit. Pushes
nothing. Ends with 2, and changes nothing, where the tree is not ready.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

VERSION_FILE = Path("src/leakguard/__init__.py")
CHANGELOG = Path("CHANGELOG.md")
NOTES = Path("changes")
NAMING = ("README.md", "docs/how-to/install.md", "docs/zh/how-to/install.md", "packaging/worker/README.md")
"""Pages that name the files of a release."""
EXPERIMENTAL = "### Experimental"
"""The heading of what a reader looks for last."""
_VERSION = re.compile(r'^__version__ = "(?P<version>[^"]+)"$', re.MULTILINE)
_WANTED = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class NotReady(Exception):
    """The tree cannot be released as it is."""


def main(version: str, root: Path) -> int:
    """Release the tree at `root` as `version`; returns the exit code."""
    try:
        refuse_unready(version, root)
    except NotReady as problem:
        sys.stderr.write(f"release: {problem}\n")
        return 2
    today = datetime.now(UTC).date().isoformat()  # noqa: TID251  (a release bears the day on which it is cut)
    write_version(version, root)
    write_changelog(version, root, today)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", f"Release {version}")
    sign = "--sign" if git(root, "config", "--default", "", "--get", "user.signingkey") else "--annotate"
    git(root, "tag", sign, "--message", f"LeakGuard {version}", f"v{version}")
    sys.stdout.write(
        f"Released {version} as commit {git(root, 'rev-parse', '--short', 'HEAD')}, tag v{version}.\n"
        "Next: make dist, then git push --follow-tags.\n"
        f"To take it back before that: git tag -d v{version}; git reset --hard HEAD~1\n"
    )
    return 0


def refuse_unready(version: str, root: Path) -> None:
    """Raise `NotReady` with what is wrong and what to do."""
    if _WANTED.fullmatch(version) is None:
        raise NotReady(f"{version!r} is no version; write it as 0.2.0")
    now = current_version(root)
    is_first = _unreleased(version) in (root / CHANGELOG).read_text(encoding="utf-8")
    if _numbers(version) < _numbers(now) or (version == now and not is_first):
        raise NotReady(f"{version} is not newer than {now}")
    if git(root, "status", "--porcelain"):
        raise NotReady("the tree has changes that are not committed; commit them first")
    if git(root, "tag", "--list", f"v{version}"):
        raise NotReady(f"the tag v{version} exists already")
    if not is_first and not notes_of(root):
        raise NotReady(f"{NOTES}/ has no note, so the release would change nothing for users; see {NOTES}/README.md")


def current_version(root: Path) -> str:
    """The version that the package states."""
    found = _VERSION.search((root / VERSION_FILE).read_text(encoding="utf-8"))
    if found is None:
        raise NotReady(f"{VERSION_FILE} states no version")
    return found["version"]


def write_version(version: str, root: Path) -> None:
    """State it in the package, where the build reads it, and on the pages that name the files of a release."""
    file, now = root / VERSION_FILE, current_version(root)
    file.write_text(_VERSION.sub(f'__version__ = "{version}"', file.read_text(encoding="utf-8")), encoding="utf-8")
    for page in (path for path in (root / name for name in NAMING) if path.exists()):
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(rf"(leakguard(?:_worker)?[-_]){re.escape(now)}(?=-)", rf"\g<1>{version}", text), "utf-8")


def write_changelog(version: str, root: Path, today: str) -> None:
    """Gather the notes; a section that was written by hand takes them in before what is experimental."""
    file, heading, dated = root / CHANGELOG, _unreleased(version), f"## {version} ({today})"
    if notes_of(root):
        command = [sys.executable, "-m", "towncrier", "build", "--yes", "--version", version, "--date", today]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    before, by_hand, after = file.read_text(encoding="utf-8").partition(heading)
    if by_hand:
        before, _, gathered = before.partition(f"{dated}\n")
        section, following, older = after.partition("\n## ")
        body, experimental, rest = section.partition(EXPERIMENTAL)
        notes = f"{gathered.strip()}\n\n" if gathered.strip() else ""
        section = f"{body.rstrip()}\n\n{notes}{experimental}{rest}"
        text = f"{before.rstrip()}\n\n{dated}{section.rstrip()}\n{following}{older}"
        file.write_text(text, encoding="utf-8")


def notes_of(root: Path) -> list[Path]:
    """The notes that no release has taken yet."""
    return sorted(note for note in (root / NOTES).glob("*.md") if note.name != "README.md")


def git(root: Path, *words: str) -> str:
    """What git prints, without the line's end."""
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def _unreleased(version: str) -> str:
    return f"## {version} (unreleased)"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else "", Path(__file__).parents[2]))

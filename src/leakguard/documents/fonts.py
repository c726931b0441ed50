"""Fonts that can show Chinese: the system's, or the one of the extra `cjk`; without one a PDF would show boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

from leakguard.errors import FontMissing

WHEEL = "cvttf-notosanscjk-regular"
_FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
)
_KNOWN = {
    "NotoSansCJK": "Noto Sans CJK SC",
    "NotoSansCJKsc": "Noto Sans CJK SC",
    "NotoSansSC": "Noto Sans SC",
    "SourceHanSansSC": "Source Han Sans SC",
}
"""How a file's name begins, and the family that it holds; the collection of Debian's package has every region."""
_WHEEL_FAMILY = "Noto Sans CJK TC"
"""The wheel holds the Taiwanese file; it has the mainland's shapes too, which the text's region picks."""


class CjkFont:
    """A folder for typst to look into, and the family to ask for."""

    __slots__ = ("family", "folder")

    def __init__(self, folder: Path, family: str) -> None:
        self.folder, self.family = folder, family


def find_cjk_font(folders: Sequence[Path] | None = None, wheel: str = WHEEL) -> CjkFont:
    """The first font found, the system's before the wheel's; raises `FontMissing` with the two ways to get one."""
    places = [Path(name).expanduser() for name in _FONT_FOLDERS] if folders is None else list(folders)
    for found in (*_of_system(places), *_of_wheel(wheel)):
        return found
    raise FontMissing(
        "no font on this machine can show Chinese, so the PDF would show boxes",
        next_step="Install one: apt-get install fonts-noto-cjk, or pip install 'leakguard[cjk]'.",
    )


def _of_system(folders: Sequence[Path]) -> Iterator[CjkFont]:
    for folder in folders:
        for path in sorted(folder.rglob("*.[ot]t[fc]")) if folder.is_dir() else ():
            family = _KNOWN.get(path.stem.split("-")[0].split("[")[0])
            if family is not None and "Mono" not in path.stem:
                yield CjkFont(path.parent, family)


def _of_wheel(name: str) -> Iterator[CjkFont]:
    try:
        files = metadata.distribution(name).files or []
    except metadata.PackageNotFoundError:
        return
    for entry in files:
        path = Path(str(entry.locate())).resolve()
        if path.suffix == ".otf" and path.is_file():
            yield CjkFont(path.parent, _WHEEL_FAMILY)


def needs_cjk(text: str) -> bool:
    """Whether `text` has signs that only a Chinese font shows."""
    return any("\u2e80" <= sign <= "\u9fff" or "\uf900" <= sign <= "\uffef" or sign >= "\U00020000" for sign in text)

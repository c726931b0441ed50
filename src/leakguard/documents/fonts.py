"""Fonts for what typst's own cannot show: Chinese, Japanese and Korean, and scripts such as Arabic and Devanagari.

Without one a PDF would show boxes. Each language gets the shapes of its own region: 直 and 骨 differ between them.
Names in other scripts are set in a font of the system that is made for theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from leakguard.errors import FontMissing, how_to_add

WHEEL = "cvttf-notosanscjk-regular"
_FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
)
_COLLECTIONS = {"NotoSerifCJK": "Noto Serif CJK {region}", "NotoSansCJK": "Noto Sans CJK {region}"}
"""Files that hold every region, and how the family of one is called; letters look better in the first."""
_SINGLE = {
    "NotoSerif{region}": "Noto Serif {region}",
    "NotoSans{region}": "Noto Sans {region}",
    "NotoSerifCJK{low}": "Noto Serif CJK {region}",
    "NotoSansCJK{low}": "Noto Sans CJK {region}",
    "SourceHanSerif{source}": "Source Han Serif{family}",
    "SourceHanSans{source}": "Source Han Sans{family}",
}
"""Files that hold one region; Source Han names Japan's file by no region at all."""
_SOURCE_HAN = {"SC": ("SC", " SC"), "TC": ("TC", " TC"), "JP": ("", ""), "KR": ("K", " K")}
_WHEEL_FAMILY = "Noto Sans CJK TC"
"""The wheel holds the Taiwanese file; it has the shapes of the other regions too, which the text's region picks."""
_OWN_SCRIPTS = frozenset({"LATIN", "GREEK", "CYRILLIC", "HEBREW", "COMBINING"})
"""How the names of those signs begin that the font of letters has itself."""
_LETTERS = frozenset({"Lu", "Ll", "Lo", "Mn", "Mc"})
"""Letters and the marks on them."""
_OF_SCRIPT = {
    "NotoNaskh{script}": "Noto Naskh {script}",
    "NotoSerif{script}": "Noto Serif {script}",
    "NotoSans{script}": "Noto Sans {script}",
}
_DEJAVU = frozenset({"Arabic", "Armenian", "Georgian", "Lao"})
"""The scripts of the font that nearly every Linux has."""
_MISSHAPEN = frozenset({"Devanagari", "Lao"})
"""Scripts whose signs stand in a font of typst for formulas, which does not join them: names would be spelt wrong."""
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


class Typeface:
    """A family to ask for, and the folder in which typst finds it."""

    __slots__ = ("family", "folder", "has_bold")

    def __init__(self, folder: Path, family: str, *, has_bold: bool = True) -> None:
        """`has_bold` is false for a font of one weight: its headings get a stroke instead."""
        self.folder, self.family, self.has_bold = folder, family, has_bold


def find_cjk_font(folders: Sequence[Path] | None = None, wheel: str = WHEEL, *, region: str = "SC") -> Typeface:
    """The best font for `region` (`SC`, `TC`, `JP`, `KR`): the system's before the wheel's, and one with serifs first.

    Raises `FontMissing` with the two ways to get one.
    """
    places = [Path(name).expanduser() for name in _FONT_FOLDERS] if folders is None else list(folders)
    for found in (*_of_system(places, region), *_of_wheel(wheel)):
        return found
    raise FontMissing(
        "no font on this machine can show Chinese, Japanese or Korean, so the PDF would show boxes",
        next_step=f"Install one: apt-get install fonts-noto-cjk, or {how_to_add('cjk')}.",
    )


def find_script_font(script: str, folders: Sequence[Path] | None = None) -> Typeface | None:
    """A font of the system for a script, by the name that `scripts_of` gives it; nothing where there is none."""
    places = [Path(name).expanduser() for name in _FONT_FOLDERS] if folders is None else folders
    wanted = {name.format(script=script): family.format(script=script) for name, family in _OF_SCRIPT.items()}
    if script in _DEJAVU:
        wanted["DejaVuSans"] = "DejaVu Sans"
    return next(_of_files(places, wanted), None)


def scripts_of(text: str) -> tuple[str, ...]:
    """The scripts of a text for which typst has no font that was made for letters, such as `Arabic`, in their order."""
    signs = [sign for sign in set(text) if unicodedata.category(sign) in _LETTERS and not needs_cjk(sign)]
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in signs if sign > "\u0370"}
    return tuple(sorted(script.capitalize() for script in scripts - _OWN_SCRIPTS if script))


def is_misshapen(script: str) -> bool:
    """Whether a script without a font of its own would be shown, and wrongly."""
    return script in _MISSHAPEN


def _of_system(folders: Sequence[Path], region: str) -> Iterator[Typeface]:
    return _of_files(folders, _families(region))


def _of_files(folders: Sequence[Path], families: Mapping[str, str]) -> Iterator[Typeface]:
    """The families whose files are there, best first."""
    files = sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*.[ot]t[fc]"))
    names = [(path, path.stem.split("-")[0].split("[")[0]) for path in files if "Mono" not in path.stem]
    for wanted, family in families.items():
        for path, name in names:
            if name == wanted:
                yield Typeface(path.parent, family)


def _families(region: str) -> dict[str, str]:
    """How a file's name begins, and the family to ask for, best first."""
    source, family = _SOURCE_HAN[region]
    words = {"region": region, "low": region.lower(), "source": source, "family": family}
    return {name.format_map(words): text.format_map(words) for name, text in (_COLLECTIONS | _SINGLE).items()}


def _of_wheel(name: str) -> Iterator[Typeface]:
    try:
        files = metadata.distribution(name).files or []
    except metadata.PackageNotFoundError:
        return
    for entry in files:
        path = Path(str(entry.locate())).resolve()
        if path.suffix == ".otf" and path.is_file():
            yield Typeface(path.parent, _WHEEL_FAMILY, has_bold=False)


def needs_cjk(text: str) -> bool:
    """Whether `text` has signs that only such a font shows."""
    return _ASIAN.search(text) is not None


def region_of(text: str) -> str:
    """Whose shapes the East Asian signs of `text` want: `KR` for Hangul, `JP` for kana, else `SC`."""
    if _HANGUL.search(text):
        return "KR"
    return "JP" if _KANA.search(text) else "SC"

"""Says the words of the screen of `notice assess` in one language, with lengths and moments as it writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from leakguard.frozen import Frozen
from leakguard.outputs.assess_words import LANGS, RECIPIENTS, TEXTS, ScreenLang

_WEEKDAYS = "一二三四五六日"
_UNITS = ((86400, " d", "天"), (3600, " h", "小时"), (60, " min", "分钟"))
_NUMBERED = re.compile(r"[^|]*\|[^|]*")


class AssessTexts(Frozen, kw_only=False):
    """The texts in one language."""

    lang: ScreenLang = "en"

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of this name with its values; raises `KeyError` for a name that has none."""
        text = TEXTS[name][LANGS.index(self.lang)]
        if _NUMBERED.fullmatch(text):
            text = text.split("|")[0 if values.get("n") == 1 else 1]
        return text.format(**{key: f"{value:,}" if type(value) is int else value for key, value in values.items()})

    def whom(self, kind: str, *, is_one: bool) -> str:
        """One recipient of a kind, or several."""
        one, several, zh = RECIPIENTS[kind if kind in RECIPIENTS else "other"]
        return zh if self.lang == "zh" else one if is_one else several

    def length(self, length: timedelta) -> str:
        """`2 d`, `1 d 3 h`, `2 h 10 min`, rounded down; from two days on in days alone."""
        left, parts = max(0, int(length.total_seconds())), []
        for size, en, zh in _UNITS:
            count, left = divmod(left, size)
            if count:
                parts.append(f"{count}{en if self.lang == 'en' else zh}")
            if count > 1 and size == _UNITS[0][0]:
                break
        gap = " " if self.lang == "en" else ""
        return gap.join(parts[:2]) or f"0{_UNITS[2][1] if self.lang == 'en' else _UNITS[2][2]}"

    def moment(self, local: datetime, today: date) -> str:
        """`Mon 11-30 18:00 +08`; with its year where that is not this one."""
        year = "" if local.year == today.year else f"{local.year}-"
        offset = f"{local:%z}"
        offset = offset[:3] if offset[3:] == "00" else f"{offset[:3]}:{offset[3:]}"
        if self.lang == "en":
            return f"{local:%a} {year}{local:%m-%d %H:%M} {offset}"
        return f"{year}{local:%m-%d} 周{_WEEKDAYS[local.weekday()]} {local:%H:%M} {offset}"

    def whole_moment(self, local: datetime) -> str:
        """`Mon 2026-11-30 18:00 +0800`."""
        day = f"{local:%a}" if self.lang == "en" else f"周{_WEEKDAYS[local.weekday()]}"
        return f"{day} {local:%Y-%m-%d %H:%M} {local:%z}"

    def listed(self, parts: Sequence[str]) -> str:
        """`a, b, c`."""
        return self("list").join(parts)

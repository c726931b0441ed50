"""The style sheet and the scripts, read once and named by their hash, so that a browser may keep them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from leakguard.frozen import Frozen

NAMES = ("console.css", "console.js", "htmx.min.js", "icon.svg")
_MEDIA = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
KEPT = "private, max-age=31536000, immutable"


class Static(Frozen):
    """One file."""

    name: str
    content: bytes

    @property
    def path(self) -> str:
        """Where it is: another path for other bytes."""
        return f"/static/{sha256(self.content).hexdigest()[:16]}/{self.name}"

    @property
    def media(self) -> str:
        """What it is."""
        return _MEDIA[self.name.rpartition(".")[2]]


@cache
def static() -> dict[str, Static]:
    """Every file by its name."""
    folder = files("leakguard.web.console") / "static"
    return {name: Static(name=name, content=(folder / name).read_bytes()) for name in NAMES}

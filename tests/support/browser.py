"""A real browser without a window: Debian's Chromium, which the lab's shelf installs where it may."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run"),
    *("--disable-extensions", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
"""Without a sandbox, since a container's root may have none; the pages are our own, and no name leads anywhere."""


def chromium() -> str:
    """The program; skips the test where it cannot be had, and fails it in CI."""
    try:
        if shutil.which("chromium") is None:
            asyncio.run(Shelf(cache_folder()).debian("chromium"))
    except NotHad as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    return str(shutil.which("chromium"))


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include>/etc/fonts/fonts.conf</include>
<selectfont><rejectfont><glob>/usr/share/fonts/*urw-base35*</glob><glob>/usr/share/fonts/truetype/liberation/*</glob></rejectfont></selectfont>
</fontconfig>
"""
"""Without the fonts that other programs bring: how much fits on a page must not depend on what else is installed."""


def browse(page: Path, *options: str) -> bytes:
    """Open a page with further options, such as where to print it; returns what the browser says."""
    profile, fonts = page.parent / "profile", page.parent / "fonts.conf"
    fonts.write_text(FONTS, encoding="utf-8")
    command = [chromium(), *_OPTIONS, f"--user-data-dir={profile}", *options, page.as_uri()]
    environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    return subprocess.run(command, check=True, capture_output=True, timeout=500, env=environment).stdout


def first_colour(png: bytes) -> tuple[int, ...]:
    """The colour of the first dot of a picture, as red, green and blue."""
    packed, place = b"", 8
    while place < len(png):
        length, kind = int.from_bytes(png[place : place + 4]), png[place + 4 : place + 8]
        packed += png[place + 8 : place + 8 + length] if kind == b"IDAT" else b""
        place += 12 + length
    # The first byte of a line is its filter; none of them changes the first dot.
    return tuple(zlib.decompressobj().decompress(packed, 4)[1:4])

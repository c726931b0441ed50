"""OpenPGP signatures, verified by `gpgv` where it is installed: no key leaves the keyring, and nothing is decrypted."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from leakguard.errors import NotFound
from leakguard.files.opening import read_bytes
from leakguard.frozen import Frozen

_MOST_KEYS = 8 << 20
"""Bytes of a keyring."""

_SECONDS = 30
_EXPIRES = 6
"""The field of `pub` in gpg's listing by colons."""


class Gpgv(Frozen):
    """The keys of one keyring."""

    keys: bytes

    def problems(self, text: bytes, expires: datetime | None) -> tuple[str, ...]:
        """The codes of what is wrong with a signed text; see `intake/site_rules.yaml`."""
        with tempfile.TemporaryDirectory(prefix="leakguard-") as folder:
            file, ring = Path(folder) / "security.txt", Path(folder) / "keys.gpg"
            file.write_bytes(text)
            ring.write_bytes(self.keys)
            output = _run(["gpgv", "--status-fd", "1", "--keyring", str(ring), str(file)], folder)
            ends = _first_end(_run(["gpg", "--homedir", folder, "--show-keys", "--with-colons", str(ring)], folder))
        words = {line.split(" ")[1] for line in output.splitlines() if line.startswith("[GNUPG:] ")}
        if words & {"NO_PUBKEY", "ERRSIG"}:
            return ("unknown_key",)
        if "VALIDSIG" not in words:
            return ("bad_signature",)
        is_before = ends is not None and expires is not None and ends < expires
        return ("key_expires_first",) if is_before or words & {"EXPKEYSIG", "KEYEXPIRED"} else ()


def _first_end(listing: str) -> datetime | None:
    """When the first key of a listing by colons ends; nothing where none does."""
    fields = [line.split(":") for line in listing.splitlines() if line.startswith("pub:")]
    ends = [int(field[_EXPIRES]) for field in fields if field[_EXPIRES].isdigit()]
    return datetime.fromtimestamp(min(ends), UTC) if ends else None


def gpgv(keyring: str) -> Gpgv:
    """Raises `NotFound` where the program is missing, `BadFile` for a keyring that cannot be read."""
    if shutil.which("gpgv") is None or shutil.which("gpg") is None:
        raise NotFound("signatures are verified by gpgv, which is not installed", next_step="apt install gpgv gpg")
    return Gpgv(keys=read_bytes(keyring, most=_MOST_KEYS))


def _run(command: list[str], folder: str) -> str:
    """What a program of GnuPG says; nothing where it takes too long."""
    try:
        done = subprocess.run(  # noqa: S603  (our own words, and no shell)
            command,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={"GNUPGHOME": folder, "PATH": "/usr/bin:/bin"},
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")

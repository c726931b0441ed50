"""A second factor by RFC 6238: six digits that change every 30 seconds, each of which works once."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime

SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""
_SECRET = re.compile(r"[A-Z2-7]{32}", re.ASCII)
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
ISSUER = "LeakGuard"


def new_totp(token: Callable[[int], str]) -> str:
    """A new secret: 160 random bits in base32."""
    return base64.b32encode(bytes.fromhex(token(40))).decode("ascii")


def is_totp(secret: str) -> bool:
    """Whether a text has the form of a secret of ours."""
    return _SECRET.fullmatch(secret) is not None


def totp_link(secret: str, name: str) -> str:
    """The `otpauth:` link that an app on a phone takes, mostly as a QR code. It holds the secret."""
    from pyotp import TOTP  # noqa: PLC0415  (only who has a second factor loads it)

    return TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is, near now; `None` for a wrong code. The caller lets each step work once."""
    from pyotp import TOTP  # noqa: PLC0415  (as above)
    from pyotp.utils import strings_equal  # noqa: PLC0415  (as above)

    typed = code.replace(" ", "")
    if _CODE.fullmatch(typed) is None:
        return None
    present, maker = int(now.timestamp()) // SECONDS, TOTP(secret)
    steps = range(present - DRIFT, present + DRIFT + 1)
    fitting = [step for step in steps if strings_equal(maker.generate_otp(step), typed)]
    return fitting[0] if fitting else None

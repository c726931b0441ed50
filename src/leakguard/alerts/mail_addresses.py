"""An e-mail address as the settings write it: exactly one, so that the mail goes where the settings say."""

from __future__ import annotations

import re
from email.utils import getaddresses

_SPECIAL = r'\s<>@,;:()\[\]\\"'
_ADDRESS = rf"[^{_SPECIAL}]+@(?:[^{_SPECIAL}]+|\[[0-9A-Za-z.:]+\])"
_ONE = re.compile(rf"""(?:"[^"\\\r\n]*"[ ]*|[^<>@,;:()\[\]\\"\r\n]*)<({_ADDRESS})>|({_ADDRESS})""")
"""With a name in front of it or without."""


def one_address(text: str) -> str:
    """The text, if it is one address; raises `ValueError`.

    Mail libraries read two addresses with a semicolon or a space between them as the first one alone.
    """
    found = _ONE.fullmatch(text)
    address = found and (found[1] or found[2])
    if address is None or [read for _, read in getaddresses([text])] != [address]:
        raise ValueError(
            "write exactly one e-mail address, such as soc@example.edu or `SOC <soc@example.edu>`; "
            "several are several texts of the list"
        )
    return text

"""What the pages say that are shown to who is not logged in."""

from __future__ import annotations

from leakguard.web.console.screen import N_

ROLES = {
    "commander": N_("I lead the response (commander)"), "dpo": N_("I answer for data protection (DPO)"),
    "responder": N_("I work on it (responder)"),
}  # fmt: skip
"""What the first admin may do besides: a field of the form each, and a message."""
SAID = {
    "password": N_("Your password is changed. Log in with it."),
    "unsent": N_(
        "Your login was over, so nothing that you sent was recorded. Log in, then go back two pages in your browser: "
        "what you typed is usually still there."
    ),
}
"""What the login says to who comes from another page, by a word of its address."""

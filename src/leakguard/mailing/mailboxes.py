"""Addresses of recipients: which of them a mail can be sent to, and where none may be sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from leakguard.models.mails import Mailbox

MOST_LOCAL, MOST_ADDRESS = 64, 254
"""Octets (RFC 5321, 4.5.3.1.1, and 4.5.3.1.3 without the angle brackets)."""
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_INVISIBLE_OR_UNASSIGNED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
NO_ADDRESS = "the row has no e-mail address"
LEAKED = "the login of this e-mail account leaked, and a person who has it would read the letter"
OWN_ACCOUNT = (
    "logins leaked and the address is one of our own accounts, which California law keeps us from writing to "
    "(Civil Code 1798.82(j)(5))"
)
ANOTHER_WAY = "Write by post, or show the notice when the person logs in from a known place."
_CREDENTIALS = "credentials"


def mailbox_of(address: str, name: str = "") -> Mailbox | str:
    """The mailbox, or why no mail can be sent there; the reason never repeats the address."""
    local, _, domain = address.strip().rpartition("@")
    if not local or not domain:
        return "the address is no e-mail address"
    ascii_domain = _ascii_domain(domain)
    if ascii_domain is None:
        return "the domain of the address is not one that mail can be sent to"
    needs_utf8 = not local.isascii()
    if not _is_local(local, needs_utf8=needs_utf8):
        return "the part of the address before the at sign is not one that mail can be sent to"
    mailbox = Mailbox(address=f"{local}@{ascii_domain}", name=_one_line(name), needs_utf8=needs_utf8)
    return mailbox if len(mailbox.address.encode()) <= MOST_ADDRESS else "the address is too long"


def reason_against(
    *, is_account_leaked: bool, data: Collection[str], jurisdiction: str, domain: str, own_domains: Collection[str]
) -> str:
    """Why this account must not be written to, or an empty text.

    Nobody is written to where the login of the account itself leaked. In California, if any login leaked, neither is an
    account of our own domains.
    """
    if is_account_leaked:
        return LEAKED
    is_california = jurisdiction == "US-CA" or jurisdiction.startswith("US-CA-")
    has_log_ins = any(kind.split(".", maxsplit=1)[0] == _CREDENTIALS for kind in data)
    return OWN_ACCOUNT if is_california and has_log_ins and is_own(domain, own_domains) else ""


def is_own(domain: str, own_domains: Collection[str]) -> bool:
    """Whether a domain is one of the organisation's, or lies below or anywhere above one of them."""
    name = _dns_name(domain)
    return any(
        name == own or name.endswith(f".{own}") or (own.endswith(f".{name}") and "." in name)
        for own in (_dns_name(own_domain) for own_domain in own_domains if own_domain)
    )


def _dns_name(domain: str) -> str:
    """As the DNS has it, to compare it; what is no domain stays as it is."""
    plain = domain.lower().rstrip(".")
    return plain if plain.isascii() else _ascii_domain(plain) or plain


def domain_of(address: str) -> str:
    """What stands behind the last at sign."""
    return address.rpartition("@")[2].lower()


def _ascii_domain(domain: str) -> str | None:
    """The domain as the DNS has it (IDNA 2008); `None` for anything but a domain name, and for an IP address."""
    if domain.isascii():
        known = domain.lower()
    else:
        import idna  # noqa: PLC0415  (hardly any address needs it)

        try:
            known = idna.encode(domain, uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            return None
    is_number = known.rpartition(".")[2].isdecimal()
    return known if _DOMAIN.fullmatch(known) and not is_number else None


def _is_local(local: str, *, needs_utf8: bool) -> bool:
    """A dot-atom, also with letters beyond ASCII (RFC 6531); a quoted one is refused, somebody has to write."""
    if len(local.encode()) > MOST_LOCAL:
        return False
    if not needs_utf8:
        return _ATOM.fullmatch(local) is not None
    plain = "".join(sign if sign.isascii() else "a" for sign in local)
    strange = any(unicodedata.category(sign) in _INVISIBLE_OR_UNASSIGNED for sign in local)
    return not strange and _ATOM.fullmatch(plain) is not None


def _one_line(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:200]

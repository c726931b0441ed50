"""security.txt (RFC 9116): reads one file within bounds, and names all that is wrong with it or could be better."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from leakguard.clocks.times import FIRST_YEAR
from leakguard.frozen import Frozen, field

MOST_BYTES = 64 * 1024
"""RFC 9116, 5.1 leaves a limit to the reader; real files have less than 4 KiB."""
MOST_LINES = 1_000
PATH, LEGACY_PATH = "/.well-known/security.txt", "/security.txt"
FIELDS = (
    "acknowledgments",
    "canonical",
    "contact",
    "encryption",
    "expires",
    "hiring",
    "policy",
    "preferred-languages",
    "csaf",
)
"""RFC 9116, 2.5, and CSAF of the registry at IANA; others are to be ignored."""
_URIS = frozenset({"acknowledgments", "canonical", "contact", "encryption", "hiring", "policy", "csaf"})
_SCHEMES = frozenset({"https", "mailto", "tel", "openpgp4fpr", "dns"})
SOON, LATER, LONG = timedelta(days=30), timedelta(days=90), timedelta(days=366)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,99}):[ \t]*(.*?)[ \t]*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6}|\*", re.ASCII)
BEGIN, SIGNATURE, END = (
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----END PGP SIGNATURE-----",
)


class FetchedFile(Frozen, hidden=("body",)):
    """What a site answered."""

    url: str
    """Where the file came from, after redirects."""
    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    was_redirected_to: str = ""
    """The other host that a redirect led to."""


class SecurityTxt(Frozen):
    """One file, read."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By lower-case name."""
    expires: datetime | None = None
    is_signed: bool = False
    problems: tuple[str, ...] = ()
    """Codes of `site_rules.yaml`."""

    def of(self, name: str) -> tuple[str, ...]:
        """The values of a field."""
        return self.fields.get(name, ())


def read_security_txt(fetched: FetchedFile, *, now: datetime) -> SecurityTxt:
    """The file with the codes of all its problems, each once; never raises for what a site says."""
    problems = list(_of_transfer(fetched))
    try:
        text = fetched.body[:MOST_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return SecurityTxt(problems=tuple(dict.fromkeys([*problems, "not_utf8"])))
    lines = text.replace("\r\n", "\n").split("\n")
    is_signed = BEGIN in lines[:3]
    if is_signed or any(line.startswith("-----BEGIN PGP") for line in lines):
        lines, of_signature = _unsigned(lines)
        problems += of_signature
    if len(lines) > MOST_LINES:
        problems.append("too_long")
    fields, of_lines = _fields(lines[:MOST_LINES])
    expires, of_expires = _expires(fields.get("expires", ()), now)
    problems += [*of_lines, *of_expires, *_of_contacts(fields), *_of_uris(fields), *_of_languages(fields)]
    problems += _of_canonical(fields, fetched.url, is_signed=is_signed)
    return SecurityTxt(fields=fields, expires=expires, is_signed=is_signed, problems=tuple(dict.fromkeys(problems)))


def _of_transfer(fetched: FetchedFile) -> Iterator[str]:
    kind, _, rest = fetched.content_type.partition(";")
    if kind.strip().lower() != "text/plain":
        yield "wrong_content_type"
    elif "charset=utf-8" not in rest.lower().replace(" ", "").replace('"', ""):
        yield "wrong_charset"
    if urlsplit(fetched.url).scheme != "https":
        yield "not_https"
    if fetched.was_redirected_to:
        yield "redirected"
    if urlsplit(fetched.url).path == LEGACY_PATH:
        yield "legacy_place"
    if fetched.body.startswith(b"\xef\xbb\xbf"):
        yield "byte_order_mark"
    if len(fetched.body) > MOST_BYTES:
        yield "too_long"


def _unsigned(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is signed, without its dashes, and what is wrong with the frame."""
    problems = list[str]()
    if lines[0] != BEGIN:
        problems.append("data_before_signature")
    if SIGNATURE not in lines or END not in lines or BEGIN not in lines:
        return [line for line in lines if not line.startswith("-----")], ["bad_signature_frame"]
    if any(line.strip() for line in lines[lines.index(END) + 1 :]):
        problems.append("data_after_signature")
    inner = list(lines[lines.index(BEGIN) + 1 : lines.index(SIGNATURE)])
    blank = inner.index("") if "" in inner else 0
    body = inner[blank + 1 :]
    if any(line.startswith("-") and not line.startswith("- ") for line in body):
        problems.append("bad_signature_frame")
    return [line.removeprefix("- ") for line in body], problems


def _fields(lines: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    fields, problems = dict[str, tuple[str, ...]](), list[str]()
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        found = _FIELD.fullmatch(line)
        if found is None or not found[2]:
            problems.append("bad_line")
            continue
        name = found[1].lower()
        fields[name] = (*fields.get(name, ()), found[2])
        if name not in FIELDS:
            problems.append("unknown_field")
    return fields, problems


def _expires(values: Sequence[str], now: datetime) -> tuple[datetime | None, list[str]]:
    if len(values) != 1:
        return None, ["many_expires" if values else "no_expires"]
    try:
        at = datetime.fromisoformat(values[0].upper()).astimezone(UTC) if _DATE.fullmatch(values[0]) else None
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year < FIRST_YEAR:
        return None, ["bad_expires"]
    left = at - now
    if left <= timedelta():
        return at, ["expired"]
    if left <= SOON:
        return at, ["expires_within_30_days"]
    if left <= LATER:
        return at, ["expires_within_90_days"]
    return at, ["expires_too_far"] if left > LONG else []


def _of_contacts(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    contacts = fields.get("contact", ())
    if not contacts:
        yield "no_contact"
    if any(contact.lower().startswith("mailto:") for contact in contacts) and "encryption" not in fields:
        yield "no_encryption"
    if "policy" not in fields:
        yield "no_policy"


def _of_uris(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name in sorted(_URIS & fields.keys()):
        for value in fields[name]:
            scheme = value.partition(":")[0].lower()
            if ":" not in value or any(sign.isspace() for sign in value):
                yield "contact_no_uri" if name == "contact" else "bad_uri"
            elif scheme == "http":
                yield "http_uri"
            elif scheme not in _SCHEMES:
                yield "bad_uri"


def _of_languages(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    values = fields.get("preferred-languages", ())
    if len(values) > 1:
        yield "many_languages"
    if not values:
        yield "no_languages"
    if any(not _LANGUAGE.fullmatch(tag.strip()) for value in values for tag in value.split(",")):
        yield "bad_language"


def _of_canonical(fields: Mapping[str, tuple[str, ...]], url: str, *, is_signed: bool) -> Iterator[str]:
    canonical = fields.get("canonical", ())
    if canonical and url not in canonical:
        yield "canonical_elsewhere"
    if not canonical:
        yield "signed_without_canonical" if is_signed else "no_canonical"
    if not is_signed:
        yield "not_signed"


def drift_of(files: Mapping[str, SecurityTxt]) -> dict[str, tuple[str, ...]]:
    """By site, the fields in which its file differs from what most of our own sites say; `Canonical` may differ."""
    fields_by_site = {
        site: {name: file.of(name) for name in FIELDS if name != "canonical"} for site, file in files.items()
    }
    usual = {
        name: _usual([fields[name] for fields in fields_by_site.values()]) for name in FIELDS if name != "canonical"
    }
    found = {
        site: tuple(name for name in usual if fields[name] != usual[name]) for site, fields in fields_by_site.items()
    }
    return {site: names for site, names in found.items() if names}


def _usual(values: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The value that most have; of equally many the first."""
    return max(values, key=values.count, default=())

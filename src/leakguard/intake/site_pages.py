"""Writes what a site publishes so that strangers can report: security.txt, and a policy with a safe harbour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from leakguard.errors import UsageProblem
from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.letters import InBoth
from leakguard.intake.promises import FOLDER, Confidence, Promises
from leakguard.intake.security_txt import PATH, FetchedFile, read_security_txt
from leakguard.models.moments import to_z

FILE = "pages.yaml"
MOST_DAYS = 365
_NAMES = {"en": {"en": "English", "zh": "Chinese"}, "zh": {"en": "英文", "zh": "中文"}}
_FIELD = re.compile(r"\{([a-z]{1,20})\}")


class Pages(LightShape):
    """The file."""

    source: str
    checked: str
    confidence: Confidence
    policy: InBoth


class SitePagesRequest(Frozen):
    """What a person asks for."""

    host: str
    organisation: str
    contacts: tuple[str, ...]
    days: int = MOST_DAYS
    policy: str = ""
    encryption: str = ""
    acknowledgments: str = ""
    languages: tuple[str, ...] = ("en", "zh")


def load_pages(texts: Mapping[str, str]) -> Pages:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], Pages, name=f"{FOLDER}/{FILE}")


def site_files(wanted: SitePagesRequest, pages: Pages, promises: Promises, *, now: datetime) -> dict[str, str]:
    """The files by their names below the root of the site; raises `UsageProblem` for what would break RFC 9116."""
    text = _security_txt(wanted, now)
    found = read_security_txt(FetchedFile(url=f"https://{wanted.host}{PATH}", body=text.encode()), now=now)
    wrong = {"no_contact", "contact_no_uri", "bad_uri", "http_uri", "bad_language", "bad_line", "too_long"} & set(
        found.problems
    )
    if wrong or not 1 <= wanted.days <= MOST_DAYS or urlsplit(f"https://{wanted.host}").hostname != wanted.host:
        words = ", ".join(sorted(wrong)) or f"a host in lower case, and from 1 to {MOST_DAYS} days"
        raise UsageProblem(
            f"security.txt would not be right: {words}",
            next_step="Give contacts as URIs: mailto:security@example.edu, https://... or tel:...",
        )
    policies = {f"security-policy.{lang}.md": _policy(wanted, pages, promises, lang) for lang in ("en", "zh")}
    return {PATH.lstrip("/"): text, **policies}


def _security_txt(wanted: SitePagesRequest, now: datetime) -> str:
    expires = (now + timedelta(days=wanted.days)).astimezone(UTC).replace(microsecond=0)
    rows = [
        *(("Contact", contact) for contact in wanted.contacts), ("Expires", to_z(expires)),
        ("Encryption", wanted.encryption), ("Acknowledgments", wanted.acknowledgments), ("Policy", wanted.policy),
        ("Preferred-Languages", ", ".join(wanted.languages)), ("Canonical", f"https://{wanted.host}{PATH}"),
    ]  # fmt: skip
    return "".join(f"{name}: {value}\n" for name, value in rows if value)


def _policy(wanted: SitePagesRequest, pages: Pages, promises: Promises, lang: str) -> str:
    lines = [
        f"- {promise.days} 日内，{promise.text_zh}" if lang == "zh" else f"- within {promise.days} days {promise.text}"
        for promise in promises.promises
    ]
    fields = {
        "organisation": wanted.organisation, "contact": _bare(wanted.contacts), "promises": "\n".join(lines),
        "languages": ("、" if lang == "zh" else ", ").join(
            _NAMES[lang].get(language, language) for language in wanted.languages
        ),
    }  # fmt: skip
    return _FIELD.sub(lambda found: fields[found[1]], getattr(pages.policy, lang))


def _bare(contacts: Sequence[str]) -> str:
    return ", ".join(contact.removeprefix("mailto:").removeprefix("tel:") for contact in contacts)

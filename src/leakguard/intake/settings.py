"""The table `[reports]` of the settings: which mailbox may be read, and what is promised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.models.report_settings import FormSettings, ReportSettings

_TEXTS = ("password_env", "ca_file", "organisation", "contact", "channel", "attachments_certificate")
_LISTS = ("imap", "private")
KNOWN = ("imap", "private", *_TEXTS, "promises", "keep_months", "form")
STATES = ("acknowledged", "triaged", "fixed", "verified", "disclosed")
_FORM_COUNTS = {"port": 65_535, "each_hour": 1_000, "all_each_hour": 10_000, "most_waiting": 100_000}
_FORM = ("bind", "hosts", "behind_proxy", *_FORM_COUNTS)
_MOST_DAYS, _MOST_MONTHS = 3_650, 120
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)


def report_settings(table: Mapping[str, Any], *, name: str) -> ReportSettings:
    """Raises `BadFile` that names every problem."""
    problems = tuple(_problems(table))
    if problems:
        raise BadFile(name, problems)
    stated: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in table.items()}
    if "form" in table:
        fields: dict[str, Any] = {
            name: tuple(value) if name == "hosts" else value for name, value in table["form"].items()
        }
        stated["form"] = FormSettings(**fields)
    return ReportSettings(**stated)


def _problems(table: Mapping[str, Any]) -> Iterator[Problem]:
    for field, value in table.items():
        where = f"reports.{field}"
        if field not in KNOWN:
            yield Problem(where=where, text="unknown setting", nearest=nearest_name(str(field), list(KNOWN)))
        elif text := _wrong_kind(field, value):
            yield Problem(where=where, text=text)
        elif field == "imap":
            yield from (Problem(where=where, text=why) for item in value if (why := mailbox_problem(item)))
        elif field == "promises":
            yield from _promise_problems(value)
        elif field == "form":
            yield from _form_problems(value)


def _wrong_kind(field: str, value: object) -> str:
    """What is wrong with the kind of a value; empty where nothing is."""
    if field in _LISTS:
        return (
            ""
            if isinstance(value, list) and all(isinstance(item, str) for item in value)
            else "must be a list of texts"
        )
    if field == "keep_months":
        return "" if _is_count(value, _MOST_MONTHS) else f"must be a whole number of months from 1 to {_MOST_MONTHS}"
    if field == "form":
        return "" if isinstance(value, dict) else "must be a table: [reports.form]"
    if field == "promises":
        return "" if isinstance(value, dict) else "must be a table of days, such as {acknowledged = 3}"
    if not isinstance(value, str):
        return "must be a text in quotes"
    is_named = field != "password_env" or _VARIABLE.fullmatch(value)
    return "" if is_named else "must be the name of an environment variable"


def _form_problems(value: Mapping[str, object]) -> Iterator[Problem]:
    for field, text in value.items():
        where = f"reports.form.{field}"
        if field not in _FORM:
            yield Problem(where=where, text="unknown setting", nearest=nearest_name(str(field), list(_FORM)))
        elif field == "hosts":
            if not (isinstance(text, list) and all(isinstance(item, str) for item in text)):
                yield Problem(where=where, text="must be a list of texts")
        elif field in _FORM_COUNTS:
            if not _is_count(text, _FORM_COUNTS[field]):
                yield Problem(where=where, text=f"must be a whole number from 1 to {_FORM_COUNTS[field]:,}")
        elif not isinstance(text, str):
            yield Problem(where=where, text="must be a text in quotes")


def _promise_problems(value: Mapping[str, object]) -> Iterator[Problem]:
    for state, days in value.items():
        where = f"reports.promises.{state}"
        if state not in STATES:
            yield Problem(where=where, text="unknown state", nearest=nearest_name(str(state), list(STATES)))
        elif not _is_count(days, _MOST_DAYS):
            yield Problem(where=where, text=f"must be a whole number of days from 1 to {_MOST_DAYS:,}")


def _is_count(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def mailbox_problem(url: str) -> str:
    """What is wrong with the URL of a mailbox; empty where nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme != "imaps":
        return "must begin with imaps://, as a mailbox is read over TLS alone"
    if parts.password is not None:
        return "must not hold a password; name the variable that has it: password_env"
    if not parts.hostname or not parts.username or port == 0:
        return "must name the user and the host, such as imaps://reports@mail.example.edu/INBOX"
    return "must not have a query or a fragment" if parts.query or parts.fragment else ""

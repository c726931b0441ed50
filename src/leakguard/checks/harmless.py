"""What a path may ask: some servers run statements and actions that stand in the path of a plain GET."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

STATEMENTS = frozenset({"q", "query", "sql", "stmt", "statement"})
"""Parameters that carry a statement in the language of a database."""
ACTIONS = frozenset({"action", "cmd", "command", "op"})
"""Parameters that name what the server shall do."""
READING_ACTIONS = frozenset({"getfilestatus", "heads", "size", "status", "top", "version"})
CHANGING_FOLDERS = frozenset(
    {
        "_bulk", "_close", "_delete_by_query", "_flush", "_forcemerge", "_open", "_refresh", "_shutdown", "_update",
        "create", "delete", "drop", "heapdump", "insert", "kill", "quit", "quitquitquit", "reload", "remove", "reset",
        "restart", "shutdown", "stop", "truncate", "update", "upload", "write",
    }
)  # fmt: skip
"""Parts of a path that change something on one server or another; asking Spring for `heapdump` writes one."""
RECORD_FOLDERS = frozenset({"_changes", "_doc", "_explain", "_find", "_mget", "_msearch", "_search", "_source"})
"""Parts of a path that hand out documents; only a person who asks for a ransom note may ask for them."""
_READS = re.compile(r"\s*(?:select|show|describe|explain)\b|\(", re.IGNORECASE)
"""How a statement that reads begins; a bracket begins a list of columns and page sizes, which is no statement."""
_CHANGES = re.compile(
    r";|\b(?:alter|attach|backup|call|copy|create|delete|detach|drop|exec|execute|grant|insert|into|kill|optimize|outfile"
    r"|rename|replace|restore|revoke|set|system\s+\w|truncate|update|url|file|remote|s3|vacuum)\b(?!\s*\.)",
    re.IGNORECASE,
)
"""Words that make a statement change something, or read from beyond the server's own tables of itself."""


def refused_reading(path: str) -> str | None:
    """Why no scan may ask for a path although it changes nothing: it hands out documents; or `None`."""
    parts = urlsplit(path)
    folders = _folders(parts.path)
    parameters = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if found := sorted(folders & RECORD_FOLDERS) or sorted(parameters & {"include_docs"}):
        return f"`{found[0]}` hands out documents; a check never reads one"
    return None


def _folders(path: str) -> set[str]:
    """The parts of a path in lower case; some servers take a quoted slash for one, so that it parts as well."""
    return set(unquote(path).lower().split("/"))


def refused_path(path: str) -> str | None:
    """Why a path may not be asked for, or `None` when it may."""
    parts = urlsplit(path)
    folders = _folders(parts.path)
    if found := folders & CHANGING_FOLDERS:
        return f"`{min(found)}` changes something on a server; a check only reads"
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name.lower() in ACTIONS and value.lower() not in READING_ACTIONS:
            return f"`{name}` may only be one of: {', '.join(sorted(READING_ACTIONS))}"
        if name.lower() in STATEMENTS and (not _READS.match(value) or _CHANGES.search(value)):
            return f"`{name}` may only carry one statement that reads, such as SELECT or SHOW"
    return None

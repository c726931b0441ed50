"""Backends that pages and apps talk to, as their owner names them: `supabase://REF`, and where they answer.

This is the register: a kind of backend is one entry of `BACKENDS` and a protocol of its `kind`. One that nobody hosts
for others has no `host`, and is always named by a place of ours: `pocketbase://api.example.edu:8090`.
"""

from __future__ import annotations

import re

from leakguard.frozen import Frozen
from leakguard.scanning.literals import one_spelling

HTTPS = 443
OWN = "http"
"""The protocol of servers of one's own that a check asks collection by collection; a scope names their tables."""
_TABLE = re.compile(r"\*|[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""A table, a collection, a class or a folder: what is judged by itself. `*` is any of them, by a rule for all names."""
_OWN = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.-]{0,252})(?::(?P<port>[0-9]{1,5}))?")
_MOST_PORT = 65535


class BackendKind(Frozen):
    """One kind of backend."""

    scheme: str
    title: str
    kind: str
    """The protocol that asks it; see `checks.protocols`."""
    word: str = ""
    """What its host calls a project of it, as `REF`; empty for one that is named by its place alone."""
    form: str = r"(?!)"
    """What that word looks like."""
    host: str | None = None
    """The host that answers for everybody's, as a template over `name`; `None` where there is none."""
    hosts: str = r"(?!)"
    """Whole names of hosts that may stand in the place of the word."""
    first_questions: int = 1
    """Questions before the tables, at most."""
    table_questions: int = 1
    """Questions for one table, at most; none where the tables are not asked for."""
    needs_key: bool = False
    """Whether a page is read for its key."""
    is_named: bool = True
    """Whether its host has to be told the project's name, also where the place is one of ours."""

    @property
    def shape(self) -> str:
        """`supabase://REF`, to show to a person."""
        return f"{self.scheme}://{self.word or 'HOST:PORT'}"


BACKENDS = {
    each.scheme: each
    for each in (
        BackendKind(
            scheme="supabase", title="Supabase", kind="postgrest", word="REF", form=r"[a-z0-9]{20}",
            host="{name}.supabase.co", hosts=r"[a-z]{20}\.supabase\.(?:co|in)", is_named=False,
            first_questions=3, table_questions=15, needs_key=True,
        ),
        BackendKind(
            scheme="postgrest", title="PostgREST", kind="postgrest", first_questions=3, table_questions=15,
            needs_key=True,
        ),
        BackendKind(
            scheme="firebase", title="Firebase Realtime Database", kind="rtdb", word="DATABASE",
            form=r"[a-z0-9][a-z0-9-]{2,62}", host="{name}-default-rtdb.firebaseio.com",
            hosts=r"[a-z0-9][a-z0-9-]{2,62}\.(?:firebaseio\.com|[a-z0-9-]{4,30}\.firebasedatabase\.app)",
        ),
        BackendKind(
            scheme="firestore", title="Firestore", kind="firestore", word="PROJECT", form=r"[a-z][a-z0-9-]{4,29}",
            host="firestore.googleapis.com",
        ),
        BackendKind(
            scheme="firebasestorage", title="Firebase Storage", kind="firebasestorage", word="BUCKET",
            form=r"[a-z0-9][a-z0-9_.-]{2,100}", host="firebasestorage.googleapis.com",
        ),
        BackendKind(
            scheme="appwrite", title="Appwrite", kind="appwrite", word="PROJECT",
            form=r"[A-Za-z0-9][A-Za-z0-9_-]{0,35}", host="cloud.appwrite.io", first_questions=2,
        ),
        BackendKind(
            scheme="algolia", title="Algolia", kind="algolia", word="APP", form=r"[A-Za-z0-9]{10}",
            host="{name}-dsn.algolia.net", first_questions=2, table_questions=0, needs_key=True,
        ),
        BackendKind(
            scheme="meilisearch", title="Meilisearch", kind="meilisearch", first_questions=4, needs_key=True,
        ),
    )
} | {
    scheme: BackendKind(scheme=scheme, title=title, kind=OWN)
    for scheme, title in (
        ("directus", "Directus"), ("hasura", "Hasura"), ("parse", "Parse Server"), ("pocketbase", "PocketBase"),
        ("postgraphile", "PostGraphile"), ("strapi", "Strapi"),
    )
}  # fmt: skip
"""By scheme. The hosts are those that the official clients ask."""


class Backend(Frozen):
    """One backend of ours, and what of it is meant."""

    scheme: str
    host: str
    """In lower case; an address without brackets."""
    port: int = HTTPS
    name: str = ""
    """The project as its host is asked for it; empty where the host alone tells."""
    table: str = ""
    """One table of it; empty for all."""
    is_ours: bool = False
    """Whether the place is one of our own, and not its provider's."""

    @property
    def kind(self) -> BackendKind:
        """Its entry of the register."""
        return BACKENDS[self.scheme]

    @property
    def project(self) -> tuple[str, str, int, str]:
        """What two entries for the same backend have in common."""
        return self.kind.kind, self.host, self.port, self.name


def is_provided(host: str, port: int) -> bool:
    """Whether a provider answers there for everybody's backends, at whatever address it has."""
    return port == HTTPS and any(re.fullmatch(pattern, host, re.IGNORECASE) for pattern in _PROVIDED)


def _patterns_of(kind: BackendKind) -> tuple[str, ...]:
    """What the hosts of its provider look like; a host for everybody's may have others for single regions."""
    if kind.host is None:
        return (kind.hosts,)
    is_named = "{name}" in kind.host
    host = re.escape(kind.host).replace(r"\{name\}", f"(?:{kind.form})")
    return kind.hosts, host if is_named else rf"(?:[a-z0-9-]+\.)?{host}"


_PROVIDED = tuple(pattern for kind in BACKENDS.values() for pattern in _patterns_of(kind))


def is_backend(text: str) -> bool:
    """Whether the text is written as a backend, rightly or wrongly."""
    return text.strip().partition("://")[0] in BACKENDS


def parse_backend(text: str) -> Backend:
    """`supabase://REF/TABLE`, or `firestore://127.0.0.1:8080/PROJECT/COLLECTION` at a place of ours.

    Raises `ValueError`, whose text says how such a backend is written.
    """
    scheme, _, rest = text.strip().partition("://")
    kind = BACKENDS.get(scheme)
    if kind is None:
        raise ValueError(f"no backend is called `{scheme[:20]}`; known are {', '.join(sorted(BACKENDS))}")
    first, *further = rest.rstrip("/").split("/")
    found = _hosted(kind, first) or _own(kind, first)
    if found is None:
        raise ValueError(_written(kind))
    name = found.name
    if found.is_ours and kind.word and kind.is_named:
        name = further.pop(0) if further else ""
        if not re.fullmatch(kind.form, name):
            raise ValueError(f"a {kind.title} on your own server is written `{scheme}://HOST:PORT/{kind.word}`")
    if len(further) > 1 or not all(_TABLE.fullmatch(each) for each in further):
        raise ValueError(f"{_written(kind)}, with one table, collection or folder behind it at most")
    return Backend(
        scheme=scheme, host=found.host, port=found.port, name=name, table=further[0] if further else "",
        is_ours=found.is_ours,
    )  # fmt: skip


def _written(kind: BackendKind) -> str:
    return f"a {kind.title} is written `{kind.shape}`"


def _hosted(kind: BackendKind, first: str) -> Backend | None:
    """The backend at its provider, by its name or by the whole name of its host."""
    if kind.host is not None and re.fullmatch(kind.form, first):
        is_told = "{name}" in kind.host
        return Backend(scheme=kind.scheme, host=kind.host.format(name=first).lower(), name="" if is_told else first)
    return Backend(scheme=kind.scheme, host=first) if re.fullmatch(kind.hosts, first) else None


def _own(kind: BackendKind, first: str) -> Backend | None:
    """The backend at a place of ours; without a port it is that of HTTPS."""
    found = _OWN.fullmatch(first)
    if found is None or not (found["port"] or "." in first):
        return None
    port = int(found["port"] or HTTPS)
    if not 1 <= port <= _MOST_PORT:
        return None
    host = one_spelling(found["host"].strip("[]").lower().rstrip("."))
    return Backend(scheme=kind.scheme, host=host, port=port, is_ours=True)


def backend_text(scheme: str, *, host: str, port: int, name: str = "", table: str = "") -> str:
    """The backend as a person would name it again."""
    kind = BACKENDS[scheme]
    behind = f"/{table}" if table else ""
    if port == HTTPS and kind.host is not None:
        template = re.escape(kind.host).replace(r"\{name\}", f"(?P<name>{kind.form})")
        found = re.fullmatch(template, host)
        if found is not None:
            return f"{scheme}://{found.groupdict().get('name') or name}{behind}"
        if re.fullmatch(kind.hosts, host):
            return f"{scheme}://{host}{behind}"
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"{scheme}://{place}{f'/{name}' if name else ''}{behind}"


def backend_inside(inside: str, *, kind: str, host: str, port: int) -> str:
    """As `backend_text`, from what a finding says of a table: `users`, or `project/users` where the host has many."""
    backend = _fitting(kind, host)
    name, _, table = inside.partition("/") if _is_named(backend, host, port) else ("", "", inside)
    return backend_text(backend.scheme, host=host, port=port, name=name, table=table)


def _fitting(kind: str, host: str) -> BackendKind:
    """The entry of a protocol; the one whose own host this is, where there are several."""
    able = [each for each in BACKENDS.values() if each.kind == kind]
    return next((each for each in able if re.fullmatch(each.hosts, host)), able[-1])


def _is_named(backend: BackendKind, host: str, port: int) -> bool:
    """Whether what a finding is about begins with the name of the project."""
    if backend.host == host and port == HTTPS:
        return True
    is_hosted = port == HTTPS and bool(re.fullmatch(backend.hosts, host))
    return bool(backend.word) and backend.is_named and not is_hosted

"""Names of fields that a MongoDB tells without a document: those of its indexes and of its validators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from leakguard.models.observations import Ending
from leakguard.probes.protocols.mongodb.sizes import DecodedAnswer

_NAME = re.compile(r"[^$\x00\ud800-\udfff]{1,120}")
"""What may be a collection's name: MongoDB's manual, "Naming Restrictions"."""
MOST_COLLECTIONS = 2_000
MOST_FIELDS = 10_000
_MAX_DEPTH = 8


class FieldNames:
    """Takes the answers of one database and collection after the other."""

    def __init__(self, listed: DecodedAnswer) -> None:
        self.size = listed.size
        self.askable: list[tuple[str, str]] = []
        """Databases and collections whose indexes can be asked for."""
        self._collections: list[str] = []
        self._fields: list[list[str]] = []
        self._requests = [_request("listDatabases", "", listed)]

    def collections(self, database: str, got: DecodedAnswer) -> None:
        """The answer to `listCollections`."""
        self._note("listCollections", got)
        for document in _batch(got):
            name, kind = document.get("name"), document.get("type", "collection")
            if not isinstance(name, str) or name.startswith("system.") or len(self._collections) >= MOST_COLLECTIONS:
                continue
            self._collections.append(f"{database}.{name}")
            options = document.get("options")
            validator = options.get("validator") if isinstance(options, dict) else None
            self._add(database, name, _validated(validator))
            if kind == "collection" and _NAME.fullmatch(name):
                self.askable.append((database, name))

    def indexes(self, database: str, collection: str, got: DecodedAnswer) -> None:
        """The answer to `listIndexes`."""
        self._note("listIndexes", got)
        keys = [document.get("key") for document in _batch(got)]
        self._add(database, collection, (field for key in keys if isinstance(key, dict) for field in key))

    def document(self) -> dict[str, Any]:
        """See `MongoSession`."""
        return {"collections": self._collections, "fields": self._fields, "requests": self._requests}

    def _add(self, database: str, collection: str, fields: Iterator[str]) -> None:
        for field in fields:
            if field != "_id" and not field.startswith(("$", "_fts")) and len(self._fields) < MOST_FIELDS:
                self._fields.append([f"{database}.{collection}", field])

    def _note(self, method: str, got: DecodedAnswer) -> None:
        self.size += got.size
        self._requests.append(_request(method, f"{method} {len(self._requests)}", got))


def _batch(got: DecodedAnswer) -> list[dict[str, Any]]:
    cursor = (got.document or {}).get("cursor") if got.ended is Ending.COMPLETE else None
    batch = cursor.get("firstBatch") if isinstance(cursor, dict) else None
    return [document for document in batch if isinstance(document, dict)] if isinstance(batch, list) else []


def _validated(validator: Any) -> Iterator[str]:  # noqa: ANN401  (BSON holds anything)
    """The properties of a `$jsonSchema`, and the fields of a validator in the language of queries."""
    if not isinstance(validator, dict):
        return
    yield from (name for name in validator if not name.startswith("$"))
    yield from _properties(validator.get("$jsonSchema"), "", _MAX_DEPTH)


def _properties(schema: Any, above: str, depth: int) -> Iterator[str]:  # noqa: ANN401  (BSON holds anything)
    properties = schema.get("properties") if isinstance(schema, dict) and depth else None
    for name, inner in properties.items() if isinstance(properties, dict) else ():
        yield f"{above}{name}"
        yield from _properties(inner, f"{above}{name}.", depth - 1)


def _request(method: str, what: str, got: DecodedAnswer) -> dict[str, Any]:
    return {"method": method, "what": what, "status": None, "bytes": got.size}

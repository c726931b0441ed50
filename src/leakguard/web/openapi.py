"""The OpenAPI 3.1 document, made from the register: requests by pydantic, answers by msgspec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from pydantic import BaseModel

from leakguard import __version__
from leakguard.web.operation import PREFIX, BodyKind, Operation
from leakguard.web.operations import OPERATIONS
from leakguard.web.shapes.base import Problem

REF = "#/components/schemas/{name}"
PROBLEM_MEDIA = "application/problem+json"
REFUSALS = {
    "400": "What was asked for makes no sense.",
    "401": "Nobody is logged in, and there is no valid token.",
    "403": "The caller lacks the right.",
    "404": "There is no such thing.",
    "409": "It is refused in this state, or somebody else was faster.",
    "413": "What was sent is too long.",
    "422": "What was sent does not fit; every problem is named.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "The store cannot be reached.",
}
"""How an operation can refuse; each answer is a problem document (RFC 9457) with the next step."""
_ABOUT = (
    "What the command line does with stored incidents, for programs. Answers are what `--format json` prints. "
    "A list has `after` and `limit`; `next` of one page is `after` of the next. `/events` reads by increments from a "
    "number of the ledger, `/events/stream` sends what comes. A request that changes something may have an "
    "`Idempotency-Key`: the same key and body again gives the first answer again. Every refusal names the next step."
)


@cache
def document_text() -> str:
    """The document as JSON; the same for every server of this release."""
    return json.dumps(openapi_document(), ensure_ascii=False)


def openapi_document() -> dict[str, Any]:
    """The document as plain values."""
    shapes = [operation.answer for operation in OPERATIONS if operation.answer is not None]
    _, answers = msgspec.json.schema_components([*shapes, Problem], ref_template=REF)
    requests = dict(_requests())
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LeakGuard", "version": __version__, "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": noun} for noun in dict.fromkeys(operation.noun for operation in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": {**answers, **requests},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`leakguard token add` makes one."},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-leakguard"},
            },
        },
    }  # fmt: skip


def _requests() -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in OPERATIONS:
        if operation.request is not None:
            schema = operation.request.model_json_schema(ref_template=REF.replace("{name}", "{model}"))
            yield from schema.pop("$defs", {}).items()
            yield operation.request.__name__, schema


def _operation(operation: Operation) -> dict[str, Any]:
    document: dict[str, Any] = {
        "operationId": operation.name, "summary": operation.summary, "tags": [operation.noun],
        "parameters": list(_parameters(operation)),
        "responses": _responses(operation),
    }  # fmt: skip
    right = "Needs no login." if operation.right is None else f"Needs the right `{operation.right}`."
    document["description"] = " ".join(filter(None, (operation.also, right)))
    if operation.right is None:
        document["security"] = []
    else:
        document["x-right"] = operation.right.value
    if (body := _body(operation)) is not None:
        document["requestBody"] = body
    return document


def _body(operation: Operation) -> dict[str, Any] | None:
    if operation.takes is BodyKind.NOTHING:
        return None
    if operation.takes is BodyKind.FILE:
        schema = {"type": "string", "format": "binary"}
        return {"required": True, "content": {"application/octet-stream": {"schema": schema}}}
    if operation.takes is BodyKind.TEXT:
        content = {
            "application/json": {"schema": {"type": "object"}},
            "application/yaml": {"schema": {"type": "string"}},
        }
        return {"required": True, "content": content}
    schema = {"$ref": REF.format(name=operation.request.__name__)} if operation.request is not None else {}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in operation.places:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "maxLength": 200}}
    if operation.query is not None:
        yield from _query(operation.query)
    if operation.name == "write_facts":
        yield _header("If-Match", "The ETag of the facts that you have read.")
    if operation.is_stream:
        yield _header("Last-Event-ID", "The number of the ledger behind which the stream goes on.")
    if operation.is_writing and not operation.is_secret:
        yield _header("Idempotency-Key", "A text of your own: the same key and body again does nothing twice.")


def _header(name: str, words: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 200, "minLength": 1, "pattern": "^[!-~]+$"}
    return {"name": name, "in": "header", "required": False, "description": words, "schema": schema}


def _query(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    schema = model.model_json_schema()
    for name, field in schema["properties"].items():
        shape = {key: value for key, value in field.items() if key not in {"title", "description"}}
        if "anyOf" in shape:  # a parameter is there or is left out; it is never null
            (shape,) = ({**each} for each in shape["anyOf"] if each != {"type": "null"})
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": shape}
        yield parameter | ({"description": field["description"]} if "description" in field else {})


def _responses(operation: Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {} if operation.is_stream else {"type": "string"}
    content = {
        media: {
            "schema": {"$ref": REF.format(name=operation.answer.__name__)} if media == "application/json" else schema
        }
        for media in operation.media
        if media != "application/json" or operation.answer is not None
    }
    found = {str(operation.status): {"description": operation.summary, "content": content}}
    if operation.name == "approve_letter":
        found["200"] = {"description": "The same person approved exactly this before.", "content": content}
    refusal = {PROBLEM_MEDIA: {"schema": {"$ref": REF.format(name="Problem")}}}
    responses = {status: {"description": words, "content": refusal} for status, words in REFUSALS.items()}
    if operation.name == "health":
        responses["503"] = {"description": REFUSALS["503"], "content": content}
    return found | responses

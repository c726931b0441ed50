"""Holds answers against the shapes that the OpenAPI document declares: what is not declared there is a misfit too."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from leakguard.web.openapi import openapi_document
from leakguard.web.operation import PREFIX, Operation
from leakguard.web.operations import OPERATIONS


def closed(schema: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The same schema without room for fields that nobody declared."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: closed(one) for name, one in schema.items()}
    if isinstance(told.get("properties"), dict) and "additionalProperties" not in told and "type" in told:
        told["additionalProperties"] = False
    return told


@functools.cache
def _components() -> dict[str, Any]:
    return {"components": {"schemas": closed(openapi_document()["components"]["schemas"])}}


@functools.cache
def validator_of(shape: str) -> Draft202012Validator:
    """The validator of one shape."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{shape}", **_components()})


def _place(path: Iterable[str | int]) -> str:
    """Where it is, whichever element of a list it is."""
    return ".".join("each" if isinstance(part, int) else part for part in path)


def misfits(seen: Sequence[tuple[Operation, int, Any]]) -> list[str]:
    """What of these answers is not as the document declares it."""
    found = []
    for operation, status, document in seen:
        if operation.answer is None:
            continue
        if str(status) not in {str(operation.status), "200", "503"}:
            found.append(f"{operation.name}: status {status}")
        validator = validator_of(operation.answer.__name__)
        found += [
            f"{operation.name}: {_place(one.absolute_path)}: {one.message[:300]}"
            for one in validator.iter_errors(document)
        ]
    return list(dict.fromkeys(found))


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request asks for; those without places in their paths first."""
    for one in sorted(OPERATIONS, key=lambda one: one.path.count("{")):
        pattern = re.sub(r"{\w+}", "[^/]+", re.escape(f"{PREFIX}{one.path}").replace(r"\{", "{").replace(r"\}", "}"))
        if one.method == method and re.fullmatch(pattern, path):
            return one
    return None


def watch(client: httpx.Client, seen: list[tuple[Operation, int, Any]]) -> None:
    """Remember every answer that is a document of an operation."""

    def answered(answer: httpx.Response) -> None:
        answer.read()
        one = operation_of(answer.request.method, answer.request.url.path)
        if one is not None and answer.headers.get("content-type") == "application/json":
            seen.append((one, answer.status_code, answer.json()))

    client.event_hooks["response"].append(answered)

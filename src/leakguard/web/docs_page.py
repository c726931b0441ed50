"""The documentation page: the OpenAPI document for a person. One page, no script, nothing from another host."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined

from leakguard.web.openapi import openapi_document
from leakguard.web.operation import PREFIX

STYLE = """:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid}
h3{margin:1.5rem 0 .25rem}
code,pre{font-family:ui-monospace,monospace;font-size:.95em}
.method{font-weight:700;display:inline-block;min-width:3.5rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #8886}
nav ul{columns:3}
:target{outline:2px solid;outline-offset:.3rem}
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ api.info.title }} API {{ api.info.version }}</title>
<link rel="stylesheet" href="{{ prefix }}/docs.css">
</head>
<body>
<h1>{{ api.info.title }} API {{ api.info.version }}</h1>
<p>{{ api.info.description }}</p>
<p>For programs: <a href="{{ prefix }}/openapi.json">openapi.json</a> (OpenAPI 3.1). Every path begins with
<code>{{ prefix }}</code>. Send a token as <code>Authorization: Bearer lg_…</code>.</p>
<nav aria-label="Operations"><ul>
{% for noun, operations in nouns %}<li><a href="#about-{{ noun }}">{{ noun }}</a></li>
{% endfor %}</ul></nav>
{% for noun, operations in nouns %}
<section aria-labelledby="about-{{ noun }}">
<h2 id="about-{{ noun }}">{{ noun }}</h2>
{% for one in operations %}
<h3 id="{{ one.id }}"><code><span class="method">{{ one.method }}</span> {{ one.path }}</code></h3>
<p>{{ one.summary }} {{ one.description }}</p>
{% if one.fields %}
<table>
<caption>What <code>{{ one.id }}</code> takes</caption>
<thead><tr>
<th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th>
</tr></thead>
<tbody>
{% for field in one.fields %}<tr>
<th scope="row"><code>{{ field.name }}</code>{% if field.required %} (needed){% endif %}</th>
<td>{{ field.place }}</td><td><code>{{ field.type }}</code></td><td>{{ field.text }}</td></tr>
{% endfor %}</tbody>
</table>
{% endif %}
<p>Answers with {{ one.status }}
{% if one.answer %} and <a href="#shape-{{ one.answer }}"><code>{{ one.answer }}</code></a>{% endif %}.</p>
{% endfor %}
</section>
{% endfor %}
<section aria-labelledby="shapes">
<h2 id="shapes">Shapes</h2>
{% for name, shape in shapes %}
<h3 id="shape-{{ name }}"><code>{{ name }}</code></h3>
<p>{{ shape.description }}</p>
{% if shape.fields %}<table>
<caption>Fields of <code>{{ name }}</code></caption>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th></tr></thead>
<tbody>{% for field in shape.fields %}<tr><th scope="row"><code>{{ field.name }}</code>{% if not field.required %}
(not always){% endif %}</th><td><code>{{ field.type }}</code></td></tr>
{% endfor %}</tbody></table>{% endif %}
{% endfor %}
</section>
</body>
</html>
"""


@cache
def docs_page() -> str:
    """The page as HTML; every word of the document is escaped."""
    api = openapi_document()
    schemas = api["components"]["schemas"]
    operations = [
        _operation(path, method, operation, schemas)
        for path, methods in api["paths"].items()
        for method, operation in methods.items()
    ]
    nouns = [
        (tag["name"], [operation for operation in operations if operation["noun"] == tag["name"]])
        for tag in api["tags"]
    ]
    shapes = [(name, _shape(schema)) for name, schema in sorted(schemas.items())]
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(_PAGE)
    return page.render(api=api, nouns=nouns, shapes=shapes, prefix=PREFIX)


def _operation(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    fields = [
        {
            "name": each["name"], "place": each["in"], "required": each["required"],
            "type": _type(each["schema"]), "text": each.get("description", ""),
        }
        for each in operation["parameters"]
    ]  # fmt: skip
    content = operation.get("requestBody", {}).get("content", {})
    for media, body in content.items():
        schema = schemas.get(_named(body["schema"]), {})
        whole = {"name": media, "place": "body", "required": True, "type": _type(body["schema"]), "text": "The body."}
        fields += _fields(schema) if schema else [whole]
    status = next(each for each in operation["responses"] if each.startswith("2"))
    answer = operation["responses"][status]["content"].get("application/json", {}).get("schema", {})
    return {
        "id": operation["operationId"], "noun": operation["tags"][0], "method": method.upper(), "path": path,
        "status": status,
        "summary": operation["summary"], "description": operation["description"], "fields": fields,
        "answer": _named(answer),
    }  # fmt: skip


def _shape(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": schema.get("description", ""), "fields": _fields(schema)}


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    needed = schema.get("required", ())
    return [
        {
            "name": name, "place": "body", "required": name in needed, "type": _type(each),
            "text": each.get("description", ""),
        }
        for name, each in schema.get("properties", {}).items()
    ]  # fmt: skip


def _named(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: dict[str, Any]) -> str:
    """A schema in a word or two."""
    if name := _named(schema):
        return name
    several = [str(schema_part) for schema_part in schema.get("enum", ())] or [
        _type(schema_part) for schema_part in schema.get("anyOf", ())
    ]
    if several or "const" in schema:
        return " | ".join(several or [str(schema["const"])])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema.get('items') or schema.get('prefixItems', [{}])[0])}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"by name: {_type(schema['additionalProperties'])}"
    return str(kind) if not isinstance(kind, list) else " | ".join(kind)

"""The OpenAPI document and its page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator

from leakguard.web.call import RequestRefused
from leakguard.web.docs_page import STYLE, docs_page
from leakguard.web.once import read_key
from leakguard.web.openapi import document_text, openapi_document
from leakguard.web.operations import OPERATIONS
from support.web import Web

pytestmark = pytest.mark.untraced


def test_the_document_is_the_same_for_everybody_and_names_every_operation(web: Web) -> None:
    answer = web.client(None).get("/openapi.json")
    told = {one["operationId"] for path in answer.json()["paths"].values() for one in path.values()}

    assert answer.json()["openapi"] == "3.1.0"
    assert told == {one.name for one in OPERATIONS}


def test_every_reference_of_the_document_leads_somewhere() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', document_text()))

    assert named - set(openapi_document()["components"]["schemas"]) == set()


def test_every_place_of_a_path_is_declared_and_every_operation_says_its_right() -> None:
    for path, methods in openapi_document()["paths"].items():
        for told in methods.values():
            places = [one["name"] for one in told["parameters"] if one["in"] == "path"]
            assert places == re.findall(r"{(\w+)}", path)
            assert "Needs " in told["description"]


def test_the_document_refuses_the_keys_that_the_server_refuses() -> None:
    (schema,) = (
        one["schema"]
        for one in openapi_document()["paths"]["/incidents"]["post"]["parameters"]
        if one["name"] == "Idempotency-Key"
    )
    for key in ("", "a key", "k" * 201):
        assert not Draft202012Validator(schema).is_valid(key)
        with pytest.raises(RequestRefused):
            read_key([key])
    assert Draft202012Validator(schema).is_valid("k" * 200)


class Reader(HTMLParser):
    """Collects what a page would load, where its links lead, and what its headings are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.loads += [str(told["src"])] if "src" in told else []
        self.loads += [str(told["href"])] if tag == "link" else []
        self.ids += [str(told["id"])] if "id" in told else []
        self.links += [str(told["href"])] if tag == "a" else []
        assert "style" not in told
        assert not any(name.startswith("on") for name in told)


def test_the_page_needs_no_script_and_nothing_from_another_host(web: Web) -> None:
    page = web.client(None).get("/docs")
    reader = Reader()
    reader.feed(page.text)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert {"script", "style", "img", "iframe"}.isdisjoint(reader.tags)
    assert reader.loads == ["/api/v1/docs.css"]
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert [link for link in reader.links if link.startswith("#") and link[1:] not in reader.ids] == []
    assert len(reader.ids) == len(set(reader.ids))


def test_the_page_names_every_operation_with_what_it_takes() -> None:
    page = docs_page()

    assert [one.name for one in OPERATIONS if f'id="{one.name}"' not in page] == []
    assert "<code>Idempotency-Key</code>" in page


def test_what_holds_a_secret_takes_no_key_under_which_it_would_be_kept() -> None:
    keyed = {
        told["operationId"]
        for methods in openapi_document()["paths"].values()
        for told in methods.values()
        if any(one["name"] == "Idempotency-Key" for one in told["parameters"])
    }

    assert keyed == {one.name for one in OPERATIONS if one.is_writing and not one.is_secret}
    assert {one.name for one in OPERATIONS if one.is_secret} == {
        "add_account", "recover_account", "add_token", "change_password", "begin_second_factor", "take_second_factor",
    }  # fmt: skip

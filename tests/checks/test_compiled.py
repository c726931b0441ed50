"""The compiled checks: the same as the files, never older than them, and never more than a file may state."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.checks.library import compile_library, digest_of, load_library, parse_check, stated_in, to_compiled
from support.check_files import WHOLE

NOTE = """\
ransom:
  entries: [{request: list, path: "[]"}]
  names: ["read_me*"]
  note: {get: "/{item}/_search?size=3", records: total}
"""
TEXTS = {"shop_open.yaml": WHOLE + NOTE}
STATED = parse_check(TEXTS["shop_open.yaml"], name="shop_open.yaml").stated


def test_checks_are_the_same_however_they_are_read() -> None:
    texts = BundledFiles().texts("checks")

    assert load_library(texts, compile_library(texts)) == load_library(texts)


def test_one_check_stands_on_one_line() -> None:
    texts = {**TEXTS, "a_open.yaml": WHOLE.replace("shop_open", "a_open")}
    lines = compile_library(texts).splitlines()

    assert [line[:6] for line in lines] == ["{", '"a_ope', '"shop_', "}"]


def test_a_file_that_changed_is_read_anew() -> None:
    compiled = compile_library(TEXTS)
    changed = {name: text.replace("title: A shop", "title: The shop") for name, text in TEXTS.items()}

    assert stated_in(compiled, changed) == {}
    assert load_library(changed, compiled)[0].title == "The shop answers"
    assert load_library(TEXTS, compiled)[0].title == "A shop answers"


@pytest.mark.parametrize("compiled", ["", "{", "[]", "7", "null", "[" * 100_000, '{"shop_open.yaml": 7}', "{}"])
def test_a_damaged_file_is_no_file(compiled: str) -> None:
    assert stated_in(compiled, TEXTS) == {}
    assert load_library(TEXTS, compiled)[0].id == "shop_open"


def hostile(change: Callable[[dict[str, Any]], object]) -> str:
    stated = copy.deepcopy(dict(STATED))
    change(stated)
    return to_compiled(TEXTS, {"shop_open.yaml": stated})


def asking(**fields: object) -> Callable[[dict[str, Any]], object]:
    """The second question, replaced."""

    def change(stated: dict[str, Any]) -> None:
        stated["probe"]["requests"][1] = {"id": "list", **fields}

    return change


@pytest.mark.parametrize(
    "change",
    [
        asking(get="/_shutdown"),
        asking(get="/shop/_delete_by_query"),
        asking(get="/_search"),
        asking(get="/a b"),
        asking(get="/sql?query=DROP+TABLE+a"),
        asking(get="/", headers={"authorization": "Basic YTpi"}),
        asking(get="/", headers={"accept": "a\r\nX: y"}),
        asking(get="/", cap_bytes=9_000_000),
        asking(get="/", cap_bytes=0),
        asking(get="/{item}", each={"request": "root", "path": "@", "at_most": 51}),
        asking(get="/{item}"),
        asking(get="/", head="/"),
        asking(method="DELETE"),
        asking(method="INFO", what="\n"),
        asking(ask="drop_all"),
        asking(),
        asking(get=7),
        asking(get="/", more="x"),
        lambda stated: stated["probe"].update(kind="shell"),
        lambda stated: stated["probe"].pop("requests"),
        lambda stated: stated["probe"].update(requests=7),
        lambda stated: stated["ransom"]["note"].update(get="/_all/_search"),
        lambda stated: stated["ransom"]["note"].update(get="/{item}/_close"),
        lambda stated: stated["ransom"]["note"].update(cap_bytes=65537),
        lambda stated: stated.pop("probe"),
    ],
)
def test_a_question_that_could_do_harm_is_not_believed(change: Callable[[dict[str, Any]], object]) -> None:
    """Whoever can write the compiled file still cannot make a scan ask what no check file may."""
    assert stated_in(hostile(change), TEXTS) == {}
    assert load_library(TEXTS, hostile(change))[0].stated == STATED


def test_what_is_harmless_is_believed() -> None:
    compiled = hostile(lambda stated: stated.update(title="Another title"))

    assert load_library(TEXTS, compiled)[0].title == "Another title"
    assert digest_of(TEXTS["shop_open.yaml"]) in compiled


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["probe", "kind", "requests", "ransom", "note", "get", "id"]), inner), max_leaves=8))  # fmt: skip
def test_anything_may_stand_there(stated: Any) -> None:  # noqa: ANN401  (JSON holds anything)
    digest = digest_of(TEXTS["shop_open.yaml"])

    for kept in (stated, [digest, stated], [digest], {"0": digest}):
        assert stated_in(json.dumps({"shop_open.yaml": kept}), TEXTS) == {}

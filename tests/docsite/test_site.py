"""The site of the documentation, built as `make site` builds it: whole, without dead links, and without a network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from docsite.search_words import BothSearch
from docsite.staging import HOMES, language_of, place_of, url_of, with_navigation
from leakguard.bundled import BundledFiles
from leakguard.notices.book import load_duties, load_vocabulary
from rules.docs_parts import DOCS, ROOT, load_checks

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

ASSETS = {"link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src"}
"""What a browser loads by itself, by the name of the element."""
OURS = ("canonical", "alternate", "search", "index", "next", "prev")
"""Relations of `link` that a browser only follows when asked."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Warnings are errors, so that a page in no list, a link to no page and a picture that is not there fail here."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "docsite", str(folder), "--on", "2026-12-01"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": "src:tests", "PATH": "/usr/bin:/bin", "SOURCE_DATE_EPOCH": "1764547200"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="session")
def trees(site: Path) -> dict[Path, html.HtmlElement]:
    """Every page of the site, parsed."""
    return {path: html.fromstring(path.read_bytes()) for path in sorted(site.rglob("*.html"))}


def test_every_page_of_the_documentation_is_built_in_its_language(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        lang = language_of(page)
        built = site / HOMES[lang] / Path(place_of(page, lang)).with_suffix(".html")
        assert built.is_file(), page
        assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in built.read_text(encoding="utf-8")[:200]


def test_every_page_leads_to_the_same_page_in_the_other_language_or_to_its_index(
    trees: dict[Path, html.HtmlElement], site: Path
) -> None:
    for path, tree in trees.items():
        switch = {one.get("lang"): one.get("href") for one in tree.xpath("//nav[@class='site-languages']/a")}
        if not switch:
            continue
        own = path.relative_to(site / "zh" if path.is_relative_to(site / "zh") else site).as_posix()
        for lang, home in {"en": site, "zh-CN": site / "zh"}.items():
            expected = home / own if (home / own).is_file() else home / "index.html"
            assert (path.parent / switch[lang]).resolve() == expected.resolve(), path


def test_every_link_within_the_site_leads_to_a_file_and_to_a_place_in_it(
    trees: dict[Path, html.HtmlElement],
) -> None:
    anchors = {path: set(tree.xpath("//@id")) for path, tree in trees.items()}
    dead, followed = [], 0
    for path, tree in trees.items():
        for link in map(urlsplit, tree.xpath("//a/@href|//link/@href|//script/@src|//img/@src")):
            if link.scheme or link.netloc:
                continue
            followed += 1
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            if not target.is_file() or (link.fragment and unquote(link.fragment) not in anchors.get(target, {""})):
                dead.append((path.name, link.geturl()))

    assert followed
    assert dead == []


def test_nothing_is_loaded_from_elsewhere(trees: dict[Path, html.HtmlElement], site: Path) -> None:
    """No font, no script, no style: the site works on a machine without a network and tells nobody who reads it."""
    elsewhere = [
        (path.name, loaded)
        for path, tree in trees.items()
        for name, attribute in ASSETS.items()
        for one in tree.iter(name)
        if (loaded := one.get(attribute)) and one.get("rel") not in OURS
        if urlsplit(loaded).netloc
    ]
    elsewhere += [
        (path.name, found)
        for path in site.rglob("*.css")
        for found in re.findall(r"@import[^;]*|url\(\s*['\"]?(?:https?:)?//[^)]*\)", path.read_text(encoding="utf-8"))
    ]

    assert elsewhere == []


def test_links_to_elsewhere_are_listed(site: Path, trees: dict[Path, html.HtmlElement]) -> None:
    """They are not fetched; `external-links.txt` lists them for whoever wants to try them."""
    listed = (site / "external-links.txt").read_text(encoding="utf-8").split()
    found = {link for tree in trees.values() for link in tree.xpath("//a/@href") if urlsplit(link).netloc}

    assert listed == sorted(found)
    assert {urlsplit(link).scheme for link in listed} <= {"https", "http"}


@pytest.mark.parametrize(("home", "word"), [("", "deadlin"), ("", "watchman"), ("zh", "时限"), ("zh", "泄露")])
def test_the_search_knows_words_of_both_languages(site: Path, home: str, word: str) -> None:
    text = (site / home / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))

    assert word in index["terms"] or word in index["titleterms"]


def test_a_chinese_text_is_cut_into_pairs_and_an_english_one_into_words() -> None:
    assert BothSearch({}).split("个人信息 protection") == ["个人", "人信", "信息", "protection"]


def places() -> set[str]:
    """Every place by the name that readers know."""
    words = load_vocabulary(BundledFiles(ROOT))
    return {words.place(code) for code in words.countries}


@pytest.mark.parametrize(
    ("page", "read"),
    [
        ("checks", lambda: [one.id for one in load_checks()]),
        ("duties", lambda: [one.id for one in load_duties(BundledFiles(ROOT)).duties]),
        ("places", places),
    ],
    ids=["checks", "duties", "places"],
)
def test_the_long_lists_have_a_row_for_everything_in_the_data(
    trees: dict[Path, html.HtmlElement], site: Path, page: str, read: Callable[[], Iterable[str]]
) -> None:
    rows = {text.strip() for text in trees[site / "reference" / f"{page}.html"].xpath("//td[1]//text()")}
    ids = sorted(read())

    assert ids
    assert [one for one in ids if one not in rows] == []


def test_a_page_that_no_list_names_stays_out_of_the_navigation() -> None:
    """So Sphinx refuses to build: the lists are the only navigation."""
    text = "# T\n\n## A\n\nFirst:\n\n- [One](a/one.md): 1\n\n## B\n\n- [Two](two.md): 2\n- [One](a/one.md): again\n"
    listed = with_navigation(text, "index.md")

    assert re.findall(r":caption: (.+)\n\n([\w/.\n-]+)\n```", listed) == [("A: first", "a/one.md"), ("B", "two.md")]
    assert with_navigation(text, "a/one.md") == text


def test_a_link_to_the_other_language_leads_to_where_it_is_built() -> None:
    page = DOCS / "reference" / "commands.md"
    assert url_of(page, "zh", PurePosixPath("how-to"), "exit-codes") == "../../reference/commands.html#exit-codes"

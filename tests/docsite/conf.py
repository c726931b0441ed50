"""How Sphinx builds the site; `python -m docsite` runs it once for each language, named by a tag."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from docsite.search_words import BothSearch
from docsite.staging import HOMES, PROJECT
from leakguard import __version__
from rules.docs_parts import DOCS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

    tags: Tags

LANG = "zh" if tags.has("zh") else "en"  # noqa: F821  (Sphinx defines it)
project = "LeakGuard"
release = version = __version__
language = {"en": "en", "zh": "zh_CN"}[LANG]
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
templates_path = ["templates"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # tables that are generated begin at a level of their own
myst_links_external_new_tab = False
html_theme = "furo"
html_title = {"en": f"LeakGuard {release}", "zh": f"LeakGuard {release} 文档"}[LANG]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_sidebars = {
    "**": [
        "sidebar/brand.html", "sidebar/language.html", "sidebar/search.html", "sidebar/scroll-start.html",
        "sidebar/navigation.html", "sidebar/scroll-end.html",
    ]
}  # fmt: skip
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"


def add_languages(_app: Sphinx, name: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Where the same page is in each language; the index of a language that does not have it."""
    here = PurePosixPath(HOMES[LANG]) / PurePosixPath(name).parent
    own = {
        lang: name if lang == LANG or name == "search" or (DOCS / home / f"{name}.md").is_file() else "index"
        for lang, home in HOMES.items()
    }
    context["languages"] = {
        lang: os.path.relpath(PurePosixPath(HOMES[lang]) / f"{page}.html", here) for lang, page in own.items()
    }
    context["is_translated"] = name == own["en"] == own["zh"] and not name.startswith(f"{PROJECT}/")
    context["lang"] = LANG


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_search_language(BothSearch)
    app.connect("html-page-context", add_languages)


html_search_language = BothSearch.lang

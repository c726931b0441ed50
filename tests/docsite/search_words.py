"""How the search of the site cuts a text into words: English by its stems, Chinese by each pair of characters.

Chinese sets no spaces. A word that a reader looks for has two characters or more, so its pairs are in every text that
has it; no dictionary is needed, in the index or in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx.search.en import SearchEnglish

_RUN = re.compile(r"[一-鿿]+|[^\W一-鿿]+")


class BothSearch(SearchEnglish):
    """English and Chinese in one index."""

    lang = "both"
    language_name = "English and Chinese"
    js_splitter_code = """
var splitQuery = function (query) {
  const words = [];
  for (const run of query.match(/[\\u4e00-\\u9fff]+|[\\p{L}\\p{N}_]+/gu) || []) {
    if (!/^[\\u4e00-\\u9fff]/.test(run)) {
      for (const word of run.split(/[\\u4e00-\\u9fff]+/)) if (word) words.push(word);
    } else if (run.length < 3) words.push(run);
    else for (let at = 0; at + 2 <= run.length; at += 1) words.push(run.slice(at, at + 2));
  }
  return words;
};
"""

    def split(self, input: str) -> list[str]:  # noqa: A002  (named by Sphinx)
        """The words of a text."""
        return list(_words(input))

    def word_filter(self, word: str) -> bool:
        """Whether a word is looked for at all: a pair of Chinese characters is, however short."""
        return bool(re.match("[一-鿿]", word)) or super().word_filter(word)


def _words(text: str) -> Iterator[str]:
    for run in _RUN.findall(text):
        if not re.match("[一-鿿]", run) or len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))

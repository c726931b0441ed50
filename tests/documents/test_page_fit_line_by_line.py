"""What `test_page_fit.py` holds, with letters that grow by one line and by three: six hundred of them are set."""

from __future__ import annotations

import pytest

from documents import test_page_fit as by_paragraph
from leakguard.models.languages import Lang

pytestmark = pytest.mark.long


@pytest.mark.parametrize("lang", by_paragraph.LANGS)
def test_a_letter_that_grows_by_a_line_is_set_on_one_page_up_to_a_fifth_of_the_next(lang: Lang) -> None:
    by_paragraph.test_a_letter_of_less_than_a_page_and_a_fifth_is_set_on_one_page(lang, 1)


@pytest.mark.parametrize("lang", by_paragraph.LANGS)
def test_in_a_letter_that_grows_by_three_lines_five_stand_above_the_closing_words_of_the_last_page(lang: Lang) -> None:
    by_paragraph.test_on_the_last_of_several_pages_five_lines_stand_above_the_closing_words(lang, 3)

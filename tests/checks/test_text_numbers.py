"""Numbers in texts that are no JSON: metrics, XML and pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.naming import Place
from leakguard.checks.sizes import count_of, number_in

METRICS = (
    b'# HELP redis_db_keys Total number of keys by DB\n# TYPE redis_db_keys gauge\nredis_db_keys{db="db0"} 3\n'
    b'redis_db_keys{db="a } b"} 4\nredis_db_keys_expiring{db="db0"} 9\nredis_memory_used_bytes 1.11468e+06\n'
    b"redis_up 1\nodd_total x\nendless_total +Inf\n"
)
XML = (
    b"<D:response><lp1:getcontentlength>134</lp1:getcontentlength></D:response>"
    b"<D:response><lp1:getcontentlength>8</lp1:getcontentlength></D:response><D:response></D:response>"
)


@pytest.mark.parametrize(
    ("body", "way", "words", "number"),
    [
        (METRICS, "metric", "redis_db_keys", 7),
        (METRICS, "metric", "redis_memory_used_bytes", 1_114_680),
        (METRICS, "metric", "redis_up", 1),
        (METRICS, "metric", "not_there", None),
        (METRICS, "metric", "odd_total", None),
        (METRICS, "metric", "endless_total", None),
        (XML, "sum_behind", "getcontentlength>", 142),
        (XML, "count_behind", "getcontentlength>", 2),
        (XML, "count", "response>", 6),
        (XML, "count", "nothing", 0),
        (b"size>" + b"9" * 20, "sum_behind", "size>", 0),
    ],
)
def test_a_number_is_found_in_a_text(body: bytes, way: str, words: str, number: int | None) -> None:
    assert number_in(body, Place(request="list", **{way: words})) == number


@given(st.binary(max_size=300), st.sampled_from(["metric", "count", "sum_behind", "count_behind"]))
def test_whatever_a_text_holds_its_number_can_be_weighed(body: bytes, way: str) -> None:
    found = count_of(number_in(b"a 1\n" + body, Place(request="list", **{way: "a"})))

    assert found is None or found >= 0


@given(st.lists(st.integers(0, 10**12), max_size=20))
def test_all_numbers_behind_a_word_are_added_up(numbers: list[int]) -> None:
    body = b"".join(b"<length>%d</length>" % each for each in numbers)

    assert number_in(body, Place(request="list", sum_behind="<length>")) == sum(numbers)
    assert number_in(body, Place(request="list", count_behind="<length>")) == len(numbers)

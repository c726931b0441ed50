"""When two typed names are one person's: by Unicode's table of look-alikes, and never two people's ordinary names."""

from __future__ import annotations

from collections import defaultdict

import pytest
from homoglyph.data import load_prototypes
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.models.events import Interval
from leakguard.models.look_alikes import read_alike, readings
from leakguard.models.people import (
    MOST_CHARACTERS,
    BySource,
    LoginMethod,
    Recorder,
    alike_text,
    by_source,
    is_name,
    is_one_person,
    refuse_nameless,
    who_text,
)
from leakguard.models.records import RUN_STARTED, Record, signed_records
from support.ledgers import START

TABLE = {chr(code): text for code, text in load_prototypes().items()}
TAKEN_APART = frozenset("\u00f6\u0163\u021b\u0623\u0624\u0626\u1e43\u1ff6")
"""Entries that the standard itself never reaches: it takes letters and accents apart before it looks into the table."""
REACHED = {one: text for one, text in TABLE.items() if one not in TAKEN_APART}
UNSEEN = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u3164", "\u115f", "\u202e", "\u2066", "\ufe0f"]
UNSEEN += ["\U000e0061", "\x07", "\U00016fe4", "\u180e"]
SPACES = [" ", "  ", "\u00a0", "\u2009", "\u3000", "\u2028", "\t", "\n", " \u200b "]
LOOK_ALIKES = [
    ("Will Lee", "Wi\u04c0l Lee"),  # palochka
    ("Anna Berg", "\u13aanna Berg"),  # Cherokee A
    ("Omar Sy", "\u2c9emar Sy"),  # Coptic O
    ("Nina Ono", "\u0578ina Ono"),  # Armenian vo
    ("Anna Berg", "\ua4eenna Berg"),  # Lisu A
    ("Omar Sy", "\u1d0fmar Sy"),  # small capital o
    ("Carl Chen", "\u03f9arl Chen"),  # capital lunate sigma
    ("Will Lee", "WiI\u006c Lee"),  # I for l
    ("Omar Sy", "0mar Sy"),  # 0 for o
    ("Will Lee", "Wi11 Lee"),  # 1 for l
    ("Carmen Diaz", "Carrnen Diaz"),  # rn for m
    ("Zhang Min", "Zh\u0430ng Min"),  # Cyrillic a
    ("Zhang Min", "Zhang \u039cin"),  # Greek capital mu
    ("Nina Ono", "\u039dina Ono"),  # Greek capital nu
    ("Boris Orel", "\u0392oris Orel"),  # Greek capital beta
    ("Ilker Isik", "\u0130lker I\u015f\u0131k"),  # dotted and dotless i
    ("Ilker Isik", "\u0131lker isik"),
    ("Иван", "ИBAH"),  # Latin capitals in a Cyrillic name, and another case
]
ALIKE = [
    ("Zhang Min", "Zhang  Min"), ("Zhang Min", " zhang min "), ("Zhang Min", "ZHANG MIN"), ("Zhang Min", "Min Zhang"),
    ("Zhang Min", "MinZhang"), ("Zhang Min", "Zhang-Min"), ("Zhang Min", "Zhang, Min."), ("Zhang Min", "Ｚhang　Ｍin"),
    ("João Méndez", "Joao Mendez"), ("Łukasz", "Lukasz"), ("Straße", "STRASSE"), ("O'Brien", "O\u02bcBrien"),
    ("OBrien", "O\u2019Brien"), ("محمد", "محمـــد"), ("أحمد", "احمد"), ("Σίσυφος", "ΣΙΣΥΦΟΣ"), ("李雷", "李 雷"),
    ("Ada Lovelace", "\u1d00\u1d05\u1d00 Lovelace"), ("Ada Lovelace", "\U0001f170da Lovelace"),
    ("Ada Lovelace", "Ada Lovelace\u30fc"), ("Ada Lovelace", "Ada \u30fc Lovelace"),
    ("Ada Lovelace", "\uff70Ada Lovelace"),
    ("Ada Lovelace", "Ada Lovelace \u02cd"), ("Ada Lovelace", "Ada Lovelace\ua78f"),
    ("Ada Lovelace", "Ada Lovelace \u2014"),
    ("Ada Lovelace", "\u202eecalevoL adA"), ("Ada Lovelace", "Ada \u202eecalevoL"),
    ("Weiß", "Weiss"), ("ﬁona", "Fiona"), ("Ann", "A\u0301\u0323nn"), ("Ann", "A\u20ddnn"),
]  # fmt: skip
DIFFERENT = [
    ("Zhang Min", "Zhang Ming"), ("Müller", "Mueller"), ("张敏", "张民"), ("Hu Wei", "Yu Wei"), ("Han Mei", "Nan Mei"),
    ("Ann", "Anna"), ("Wang Fang", "Wang Fan"), ("Chen Jing", "Chen Jin"), ("Nina", "Vina"), ("Sun Hao", "Sun Hou"),
    ("김민수", "김민서"), ("かねだ", "かねた"), ("ノリコ", "リコ"), ("ユウコ", "ユコ"), ("ユーコ", "ユコ"),
    ("がーこ", "がこ"), ("ﾕｰｺ", "ﾕｺ"), ("राम", "रीम"), ("สุข", "สข"),
    ("شمس", "سمس"), ("بشير", "نشير"), ("Иван", "Игорь"), ("Amy", "May"), ("Ben Yu", "Ben Xu"),
    ("A. Lovelace", "Ada Lovelace"),
    ("Dr. Ada Lovelace", "Ada Lovelace"), ("Zhang Min", "Zhang Min (network)"), ("Ana Ruiz", "Ana Ruiz Diaz"),
    ("Li Li Wei", "Li Wei Wei"), ("王一", "王二"), ("Jo", "Joe"), ("Bo Ek", "Bo Ekk"), ("A B C D E F G", "ABCDEFH"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [*LOOK_ALIKES, *ALIKE])
def test_a_name_in_another_spelling_is_one_person(one: str, other: str) -> None:
    assert is_one_person(one, other)
    assert is_one_person(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_ordinary_names_of_two_people_stay_two(one: str, other: str) -> None:
    assert not is_one_person(one, other)
    assert not is_one_person(other, one)


def test_what_the_whole_table_of_unicode_maps_to_one_text_is_one_person() -> None:
    """The table itself is the oracle: every sign beside what it looks like, within a name."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for one, text in REACHED.items():
        groups[text] |= {one, text}

    assert len(REACHED) > 6500
    for text, group in groups.items():
        wrong = [one for one in group if not is_one_person(f"A{one}b", f"A{text}b")]
        assert not wrong, (text, wrong)


@given(st.data())
def test_two_signs_that_look_like_the_same_third_are_one_person(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(sorted(set(REACHED.values()))))
    group = sorted(one for one, other in REACHED.items() if other == text)
    one, other = data.draw(st.sampled_from(group)), data.draw(st.sampled_from(group))

    assert is_one_person(f"Zhang {one}n", f"Zhang {other}n")


def test_no_two_letters_or_digits_of_latin_are_one_but_those_that_look_alike() -> None:
    """The relation is no chain: a Greek letter that is `v` when small and `N` when capital makes neither the other."""
    signs = "abcdefghijklmnopqrstuvwxyz0123456789"
    alike = {(one, other) for one in signs for other in signs if one < other and readings(one) & readings(other)}

    assert alike == {("i", "l"), ("1", "i"), ("1", "l"), ("0", "o")}
    assert is_one_person("v", "\u03bd")
    assert is_one_person("N", "\u03bd")


NAMES = st.text(st.sampled_from("abcdehijklmnorstuvwyzABHIKLMNOPТИвнаΝνβ张敏민수 -'.é"), min_size=1, max_size=24)


@given(NAMES, st.data())
@example("Zhang Min", None)
def test_spaces_case_width_and_what_shows_nothing_never_make_a_second_person(
    name: str, data: st.DataObject | None
) -> None:
    other = name
    if data is not None:
        signs = []
        for sign in name:
            changed = data.draw(st.sampled_from([sign, sign.upper(), sign.lower(), sign.swapcase(), *_alike(sign)]))
            signs.append(data.draw(st.sampled_from(SPACES)) if sign == " " else changed)
            signs.append(data.draw(st.sampled_from(["", "", "", *UNSEEN])))
        other = "".join(signs)

    assert is_one_person(name, other)
    assert is_one_person(other, name)


def _alike(sign: str) -> list[str]:
    return [one for one in ("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u13aa\u0578\ua4ee\u04c0\u1d0f1I0")
            if sign.isascii() and sign.isalpha() and readings(one) & readings(sign)]  # fmt: skip


@given(st.text(max_size=30), st.text(max_size=30))
def test_it_does_not_matter_who_is_named_first(one: str, other: str) -> None:
    assert is_one_person(one, one)
    assert is_one_person(one, other) == is_one_person(other, one)


@given(st.permutations(["Ana", "Maria", "Ruiz", "Diaz", "Lope", "Vega", "Sanz", "Ortega"]))
def test_the_order_of_words_tells_nobody_apart(words: list[str]) -> None:
    assert is_one_person("Ana Maria Ruiz Diaz Lope Vega Sanz Ortega", " ".join(words))


def test_each_word_has_another_one_to_itself_where_there_is_a_way() -> None:
    """`\u03bd` may be `n` or `v`: whoever takes the first that fits leaves nothing for the next."""
    assert is_one_person("\u03bd n a", "a n v")
    assert is_one_person("n \u03bd a", "v n a")
    assert not is_one_person("n n a", "a n v")


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "...", "-", "\u00a0\u2060", "\u0301", "|", "😀"])
def test_what_holds_nothing_that_is_read_is_no_name(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(UsageProblem, match="--second needs a person's name"):
        refuse_nameless(text, option="--second")


@pytest.mark.parametrize("text", ["a", "张", "\U000323b0", "민", "م", "Zhang Min", "n" * MOST_CHARACTERS])
def test_a_letter_of_any_script_is_a_name(text: str) -> None:
    assert is_name(text)
    refuse_nameless(text)


@pytest.mark.parametrize("sign", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))])
def test_a_name_that_turns_the_direction_of_writing_is_refused(sign: str) -> None:
    """`\u202eecalevoL adA` is shown as `Ada Lovelace`."""
    with pytest.raises(UsageProblem, match=r"the name in --second holds a sign that turns the direction of writing"):
        refuse_nameless(f"{sign}ecalevoL adA", option="--second")


@pytest.mark.parametrize("name", ["محمد علي", "\u200fדוד כהן", "ユーコ"])
def test_a_name_that_is_written_from_right_to_left_needs_no_such_sign(name: str) -> None:
    refuse_nameless(name)


def test_small_capitals_and_squared_letters_are_the_letters_of_their_names() -> None:
    for sign, letter in (
        ("\u1d07", "e"),
        ("\ua730", "f"),
        ("\U0001f189", "z"),
        ("\U0001f150", "a"),
        ("\U0001f1e6", "a"),
    ):
        assert letter in readings(sign), sign


def test_a_name_has_an_end() -> None:
    assert not is_name("n" * (MOST_CHARACTERS + 1))


def test_names_as_long_as_they_may_be_are_compared_at_once() -> None:
    long = "i'" * 100

    assert not is_one_person(long, "l-" * 99 + "x")
    assert read_alike(long, long)


def test_whoever_is_refused_reads_both_names_and_the_way_out() -> None:
    told = alike_text("Zhang Min", "Zhang  Min")

    assert "`Zhang Min` and `Zhang  Min` read alike" in told
    assert "add what tells them apart" in told
    assert alike_text("Ann", " Ann ") == "`Ann` is the same name twice"


@pytest.mark.parametrize(
    ("recorder", "content", "signed"),
    [
        (Recorder(name="Ann"), {}, {"by": "Ann", "by_source": "typed"}),
        (Recorder(name="root", source=BySource.OS), {"by": ""}, {"by": "root", "by_source": "os"}),
        (Recorder(name="root", source=BySource.OS), {"by": "root"}, {"by": "root", "by_source": "os"}),
        (Recorder(name="root", source=BySource.OS), {"by": "Li Wei"}, {"by": "Li Wei"}),
        (Recorder(name="watch", source=BySource.PROGRAM), {}, {"by": "watch", "by_source": "program"}),
        (None, {"x": 1}, {"x": 1}),
    ],
)  # fmt: skip
def test_a_record_says_who_recorded_it_and_keeps_a_name_that_it_states(
    recorder: Recorder | None, content: dict[str, object], signed: dict[str, object]
) -> None:
    """And beside it, in any case, who recorded it, by an id that stays."""
    record = Record(kind="note", occurred_at=Interval(earliest=START, latest=START), content=content)
    found = dict(signed_records([record], recorder)[0].content)
    recorded = found.pop("recorded_by", None)

    assert found == signed
    assert recorded == (recorder.signatory.said if recorder is not None else None)


def test_only_the_start_of_a_run_says_which_job_of_the_server_began_it() -> None:
    recorder, at = Recorder(name="Ann", job="J-1"), Interval(earliest=START, latest=START)
    records = [Record(kind=kind, occurred_at=at, content={}) for kind in (RUN_STARTED, "note")]

    assert [record.content.get("job") for record in signed_records(records, recorder)] == ["J-1", None]


def test_each_way_to_log_in_has_words_of_its_own() -> None:
    told = {method: who_text("Ann", "session", method.value) for method in LoginMethod}

    assert len(set(told.values())) == len(LoginMethod)
    assert told[LoginMethod.PASSWORD_AND_CODE] == "Ann (logged in by password and code)"
    assert all(words.startswith("Ann (logged in by ") for words in told.values())


def test_a_name_that_nobody_typed_says_where_it_comes_from() -> None:
    assert who_text("root", by_source({"by": "root", "by_source": "os"})) == "root (user of the operating system)"
    assert who_text("leakguard watch", "program") == "leakguard watch (program)"
    assert who_text("Ann", "session") == "Ann (logged in)"
    assert who_text("Ann", "session", "guessed") == "Ann (logged in)"
    assert who_text("Ann", "token", "passkey") == "Ann (API token)"
    assert who_text("Ann", "token") == "Ann (API token)"
    assert who_text("Ann", by_source({"by": "Ann", "by_source": "typed"})) == "Ann"
    assert who_text("commander", by_source({"by": "commander"})) == "commander"
    assert (who_text("", ""), by_source({})) == ("", "")

"""How help texts are laid out: prose wraps, a command stays whole, and what is said about it stands where it fits."""

from __future__ import annotations

from leakguard.cli.help_layout import laid_out

LIST = """\b
Examples:
  leakguard scan  # the whole scope
  leakguard scan 192.0.2.7  # one address
  leakguard scan --targets a-file-with-a-long-name.txt --format jsonl
"""


def test_remarks_stand_in_one_column_behind_their_commands_if_all_of_them_fit() -> None:
    assert laid_out(LIST, 50).splitlines() == [
        "Examples:",
        "  leakguard scan            # the whole scope",
        "  leakguard scan 192.0.2.7  # one address",
        "  leakguard scan --targets a-file-with-a-long-name.txt --format jsonl",
    ]


def test_every_remark_stands_above_its_command_if_one_of_them_does_not_fit() -> None:
    assert laid_out(LIST, 40).splitlines() == [
        "Examples:",
        "  # the whole scope",
        "  leakguard scan",
        "  # one address",
        "  leakguard scan 192.0.2.7",
        "  leakguard scan --targets a-file-with-a-long-name.txt --format jsonl",
    ]


def test_a_remark_that_is_longer_than_the_width_goes_on_as_a_comment() -> None:
    text = "\b\nExamples:\n  leakguard scan  # everything that the scope file names and permits"

    assert laid_out(text, 30).splitlines() == [
        "Examples:", "  # everything that the scope", "  # file names and permits", "  leakguard scan",
    ]  # fmt: skip


def test_a_command_of_several_lines_stays_together_below_its_remark() -> None:
    text = "\b\nExamples:\n  leakguard incident event \\\n      --corrects E-4  # corrects the date"

    assert laid_out(text, 80).splitlines()[1:] == [
        "  leakguard incident event \\", "      --corrects E-4  # corrects the date",
    ]  # fmt: skip
    assert laid_out(text, 30).splitlines()[1:] == [
        "  # corrects the date", "  leakguard incident event \\", "      --corrects E-4",
    ]  # fmt: skip


def test_a_meaning_wraps_beside_its_term_or_below_it_where_the_column_is_too_narrow() -> None:
    text = "\b\nExit codes:\n  0         the backup is complete and nothing contradicts it"

    assert laid_out(text, 40).splitlines() == [
        "Exit codes:",
        "  0         the backup is complete and",
        "            nothing contradicts it",
    ]
    assert laid_out(text, 30).splitlines() == [
        "Exit codes:",
        "  0",
        "      the backup is complete",
        "      and nothing contradicts",
        "      it",
    ]


def test_a_meaning_may_go_on_in_the_next_line_of_the_source() -> None:
    text = "\b\nExit codes:\n  3  the store cannot\n     be read\n  4  a deadline was missed"

    assert laid_out(text, 60).splitlines() == [
        "Exit codes:", "  3  the store cannot be read", "  4  a deadline was missed",
    ]  # fmt: skip


def test_an_option_is_not_broken_at_a_hyphen() -> None:
    assert laid_out("Write the number with --message-id.", 34).splitlines() == [
        "Write the number with", "--message-id.",
    ]  # fmt: skip


def test_prose_and_the_title_of_a_list_wrap() -> None:
    text = "A scan reads no record\nunless you ask for it.\n\n\b\nWhat a worker needs in its file:\n  a: 1"

    assert laid_out(text, 20).splitlines() == [
        "A scan reads no", "record unless you", "ask for it.", "",
        "What a worker needs", "in its file:", "  a: 1",
    ]  # fmt: skip

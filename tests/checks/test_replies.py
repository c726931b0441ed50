"""Replies as rules see them."""

from __future__ import annotations

from leakguard.checks.replies import SeenReply, View
from support.check_files import reply


def test_a_view_forgets_what_a_new_answer_may_change() -> None:
    class Counts:
        """A condition that holds once two answers are there."""

        def holds_for(self, view: View) -> bool:
            return len(view.replies) > 1

    view = View(replies={"a": SeenReply([reply("a")])}, named={"two": Counts()})
    assert not view.holds("two")

    view.see("b", SeenReply([reply("b")]), ())
    assert not view.holds("two")

    view.see("b", SeenReply([reply("b")]), ("two",))
    assert view.holds("two")

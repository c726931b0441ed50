"""What several vantages see, as one document."""

from __future__ import annotations

import json

from leakguard.outputs.vantages import vantages_json


def test_the_document_of_all_vantages_names_what_was_not_looked_at_from_one_of_them() -> None:
    """A script that reads the document of one machine reads these two there."""
    left_out = {"name": "mail.example.edu", "count": 1, "too_many": True}
    campus = {"vantage": "campus", "unresolved": ["db.example.edu"], "left_out": [left_out]}
    outside = {"vantage": "outside", "unresolved": ["db.example.edu", "a.example.edu"], "left_out": []}

    unsettled = {"accounts_not_tried": 2}
    text = vantages_json("R-1", [campus, outside], [], [], counts={}, interrupted=False, unsettled=unsettled)
    document = json.loads(text)

    assert document["protected_unsettled"] == unsettled

    assert document["unresolved"] == ["db.example.edu", "a.example.edu"]
    assert document["left_out"] == [left_out]

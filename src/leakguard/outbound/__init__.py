"""Outbound transfers: which route one needs under the law of its day, its recipients, and what they change in a breach.

May import `clocks`, `ports`, `models`, `files` and `errors`, and babel for the names of countries.
Never takes a rule for fulfilled on a fact that nobody stated, and never decides: it proposes, and counsel decides.
"""

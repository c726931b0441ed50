"""Severity: how grave a breach is, by published methods; each result names its source and that a person decides. Pure.

May import the other modules of `notices` and what they may import.
Never fills in an input that nobody stated: an unknown one leaves a range, and is named.
"""

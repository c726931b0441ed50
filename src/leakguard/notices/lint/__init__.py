"""Lint of letters: whether a reader understands what was lost, since when, and what to do; its words are data. Pure.

May import the letters' own modules beside it and everything that `notices` may import.
Never repeats a person's value, never changes a letter, never judges whether what it says is true.
"""

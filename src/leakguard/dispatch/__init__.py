"""Dispatch: which letters two people approved, who may be written to by e-mail, and how each letter's sending stands.

May import `notices` and `ledger`, what lies below them, and idna.
Never sends, never reads a clock, never keeps a name or an address of anybody who gets a letter.
"""

"""Accounts: who may do what, as the ledger tells it, and how a password, a code, a session and a token are judged.

May import `ports`, `models`, `files` and `errors`, argon2 and pyotp.
Never reads a clock, makes randomness, keeps a secret, or decides what an incident needs.
"""

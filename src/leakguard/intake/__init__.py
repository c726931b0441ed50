"""Reports from outside: reads them within bounds, finds what they name, and says how each stands.

May import `ledger`, `clocks` and what lies below them, dateutil, and cryptography to encrypt.
Never opens a connection and never renders what a stranger wrote; the sender stands apart from what was reported.
"""

"""Reports: what an incident was, drawn and told, and what many of them were like. Pure.

May import `clocks`, `ledger`, `models`, `files` and `errors`.
Never reads a store, knows a document format, or shows a value that nobody masked before.
"""

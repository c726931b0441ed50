"""Shipped code: which backends, names of tables and secrets a page or an app gives to everybody who opens it.

May import `models`, `files` and `errors`, and pydantic.
Never fetches what it reads, and never keeps a value.
"""

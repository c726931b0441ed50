"""What a page or an app ships to whoever opens it: backends, names of their tables, and secrets that must not be there.

May import `models`, `files` and `errors`, and pydantic. Reads bytes that others fetched; fetches nothing.
"""

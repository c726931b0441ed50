"""Notices: which duties apply, whether the facts are complete, and the letters, rendered from one bag of facts. Pure.

May import the packages of rules and everything below them, pydantic, babel, defusedxml, and jinja2 in its sandbox.
Never opens a file, reads a clock, or puts a date or a number into a letter that nobody stated.
"""

"""Protocols: one folder each, with all that LeakGuard knows about it.

- `gate.py` is the constant table of what may be said to a host, byte for byte;
- `reader.py` reads what hosts answer, and trusts no length of theirs;
- `session.py` turns the questions of a check file into read commands.

`checks.protocols` is the one register of protocols: the gates, the sessions and the check files follow from it.
"""

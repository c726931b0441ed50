"""What to probe: the scope and its gate, targets, the plan, the difference between two runs. Pure.

May import the packages of rules and everything below them; pydantic, PyYAML and, for files of other tools, defusedxml.
Never opens a socket, resolves a name or reads a clock: addresses and times are arguments.
"""

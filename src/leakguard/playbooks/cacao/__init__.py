"""OASIS CACAO 2.0: our playbooks with all they hold, and back; those of strangers as far as people can follow. Pure.

May import what `playbooks` may.
Never runs a command of a stranger, and drops nothing of a file in silence: what it cannot honour, it refuses by name.
"""

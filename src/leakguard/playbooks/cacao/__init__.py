"""OASIS CACAO 2.0: our playbooks with all they hold, and back; those of strangers as far as people can follow. Pure.

May import what `playbooks` may.
Never runs a command of a stranger, never drops a wish of his in silence: what cannot be honoured is refused by name.
"""

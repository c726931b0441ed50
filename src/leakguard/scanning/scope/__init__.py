"""The scope file: its spelling, its shape, its limits, and how it is written. Pure.

May import what `scanning` may.
Never widens what an owner wrote: what cannot be read is refused, with its place.
"""

"""The command line: one module for each command, each parses, calls one use case, prints and exits.

May import everything below, adapters only through `wiring`; click, rich and PyYAML.
Never decides anything: the packages below hold the rules of the field.
"""

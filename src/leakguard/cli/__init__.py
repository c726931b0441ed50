"""The command line: one module a command, each parses, calls one use case, prints and exits.

May import everything below, adapters only through `wiring`; click, rich and PyYAML.
Never decides anything: the rules of the field lie in the packages below.
"""

"""The command line: each command parses, calls one use case, hands the result to `outputs`, prints and exits.

May import everything below, adapters only through `wiring`; click, rich and PyYAML.
Never decides anything: the packages below hold the rules of the field.
"""

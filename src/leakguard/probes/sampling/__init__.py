"""Sampling: the one part of the probes that reads records, in a process of its own that ends with all that it read.

`apart` starts the process and takes its counts; `__main__` is the process; one module a product knows how to read.
Nothing here is reached unless a person asked for `--sample` and the scope says `sampling: allowed`.
"""

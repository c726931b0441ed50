"""The sweep: finds listening ports with one epoll loop, and asks on the very line that it opened where it can.

May import what `probes` may.
Never waits without a deadline, never opens more sockets than the machine allows, and never connects to an address that
was not admitted a moment before.
"""

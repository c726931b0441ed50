"""An embedded lab on loopback: servers with the shape of the 2019 university case, for the demo and its tests.

May import `errors` and the standard library.
Never listens outside 127.0.0.0/8, never connects to anything, and holds no real person's data.
"""

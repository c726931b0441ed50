"""The wire: the only door to the network; scope, rate, caps, deadlines and the list of read commands live here.

May import `models`, `errors`, the network and cryptography.
Never sends anything but a `ReadCommand`, never follows a redirect, never waits without a deadline.
"""

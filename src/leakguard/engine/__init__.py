"""The engine of a scan: examines endpoints, in parts that run beside each other, and judges what they answer.

May import `scanning`, `checks` and `sensitivity`, what lies below them, and asyncio; it knows probes by `ports` alone.
Never opens a socket, writes to a store or keeps a word of a host.
"""

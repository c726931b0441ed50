"""The engine of a scan: examines endpoints, in parts that run beside each other, and judges what they answer.

May import `scanning`, `checks`, `sensitivity` and the packages below them (`ports`, `models`, `frozen` and so on), and
asyncio; it knows probes through `ports` alone. Never opens a socket, writes to a store or stores host content.
"""

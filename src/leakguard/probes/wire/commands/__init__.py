"""The commands: one module a protocol, with its reading verbs and the look into the bytes that carry them.

Imports nothing of this program but itself.
Never holds a verb that can change a server's state or return a record, an object or a message.
"""

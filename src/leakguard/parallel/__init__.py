"""Parallel: the parts of a run, each in an event loop, several of them in processes of their own; tasks in their order.

A task here is one unit of work for a process.

May import `models` and below, `msgspec`, and what the standard library has for processes.
Never knows what a part does: it starts them, hands on what they tell, and ends them in good order.
"""

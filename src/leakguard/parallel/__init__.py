"""Parallel: two ways to use processes.

`parts` runs each part of a run in an event loop, several of them in processes of their own. `tasks` hands many small
tasks to a few processes, and gives the results in the order of the tasks. In `parts`, a task is one of asyncio.

May import `models` and below, `msgspec`, and what the standard library has for processes.
Never knows what a part does: it starts them, hands on what they tell, and ends them in good order.
"""

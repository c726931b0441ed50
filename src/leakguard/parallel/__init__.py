"""Parallel: two ways to use processes.

`parts` runs a single part of a run in this process or, if there are several, each in a process of its own. `tasks`
hands many small tasks to a few processes, and gives the results in the order of the tasks. In `parts`, a task is one of
asyncio.

May import `models` and below, `msgspec`, and what the standard library has for processes.
Never knows what a part does: it starts them, hands on what they tell, and ends them in good order.
"""

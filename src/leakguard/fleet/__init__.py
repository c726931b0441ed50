"""Fleet: Celery and the keys of coordinator and workers; brings messages to a vantage and answers back.

May import `scanning` and what lies below it; Celery, its kombu, amqp and redis, msgspec and cryptography.
Never decides what is looked at, and never lets anything but JSON out of a queue.
"""

"""A fleet of workers that scan from several vantages: orders, messages, settings, keys, and the broker between them.

May import `scanning` and what lies below it. `broker` alone imports Celery, kombu, amqp and redis; the rest is pure but
for the reading of a key file. Never decides what to scan, and never lets anything but JSON out of a queue.
"""

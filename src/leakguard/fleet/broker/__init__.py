"""The broker of a fleet: Celery, Redis and RabbitMQ, which carry signed messages and are trusted with nothing."""

"""NATS: may anybody connect? A ping without a login is answered, or refused; nothing is subscribed or published."""

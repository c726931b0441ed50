"""The shapes of answers: what `outputs` gives, declared once. The OpenAPI document is made from them, by msgspec."""

"""The ledger's rules: the canonical form of content, the hash chain over manifests, and its verification.

May import `ports`, `models` and `errors`, rfc8785, cryptography and rfc3161_client.
Never reads a clock or a disk, and never mends what does not verify.
"""

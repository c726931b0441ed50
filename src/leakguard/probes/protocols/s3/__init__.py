"""Object stores with S3's interface: may a stranger list, and how much is there; never a key, never an object."""

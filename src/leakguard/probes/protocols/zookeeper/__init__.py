"""ZooKeeper: may anybody list what stands at the root, and how much is there?"""

"""ClickHouse over its native protocol: is the user `default` let in without a password, and how much is there?"""

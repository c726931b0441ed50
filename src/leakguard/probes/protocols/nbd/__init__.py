"""NBD: does a server of block devices tell a stranger which there are and how large?"""

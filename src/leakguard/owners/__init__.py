"""What only an owner sees of assets: accounts at a cloud provider, and clusters that the team runs itself.

`aws` and `elasticsearch` ask with the owner's own credentials and change nothing; `cloud_checks` judges, and is pure.
"""

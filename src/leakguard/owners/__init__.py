"""What only an owner sees of assets: accounts at a cloud provider, and clusters that the team runs itself.

`aws` and `elasticsearch` ask with the owner's own credentials; `owners.cloud_checks` judges, and is pure.
May import `checks`, `ports` and what lies below them; boto3 in `aws` and elasticsearch in `elasticsearch` alone.
Never changes anything, and never reads a record, a secret or a value.
"""

"""EC2: security groups and what stands behind them, snapshots of disks, images of machines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from leakguard.models.clouds import CloudFact, Gap
from leakguard.owners.aws.asking import Asker, CallRefused, Draft

_MOST_CODE = 60
"""Characters of what a gap says."""


def security_groups(asker: Asker) -> Iterator[CloudFact]:
    """Every group, with the public addresses of what it lets in to."""
    groups = _groups(asker)
    for group in groups.values():
        draft = Draft(asker, "security_group", "ec2", str(group["GroupId"]))
        draft.values["inbound"] = group.get("IpPermissions", [])
        draft.learn("lists", _lists, asker, [group])
        draft.learn("attached", lambda name: len(_behind(asker).get(name, ())), group["GroupId"])
        draft.learn("addresses", lambda name: _addresses(_behind(asker).get(name, ())), group["GroupId"])
        yield draft.fact()


def learn_inbound(asker: Asker, draft: Draft, groups: Iterable[str]) -> None:
    """Add to a draft what the groups of a database let in; one that the account does not list is a gap.

    It may be of a shared network, or new: what the others let in is known, and nobody knows that no more is let in.
    """
    wanted = list(groups)

    def chosen() -> list[Mapping[str, Any]]:
        known = _groups(asker)
        return [known[name] for name in wanted if name in known]

    def all_listed() -> list[str]:
        missing = sorted(set(wanted) - set(_groups(asker)))
        if missing:
            code = f"not listed: {', '.join(missing)}"[:_MOST_CODE]
            raise CallRefused(Gap(permission="ec2:DescribeSecurityGroups", is_denied=False, code=code))
        return wanted

    draft.learn("groups", all_listed)
    draft.learn("inbound", lambda: [rule for group in chosen() for rule in group.get("IpPermissions", ())])
    draft.learn("lists", lambda: _lists(asker, chosen()))


def snapshots(asker: Asker) -> Iterator[CloudFact]:
    """The snapshots that everybody may copy; where there are none, the region as a whole."""
    public = {"OwnerIds": ["self"], "RestorableByUserIds": ["all"]}
    listed = asker.listing("ec2", "DescribeSnapshots", "Snapshots", public)
    names = [(str(each["SnapshotId"]), ["all"]) for each in listed] or [("snapshots", [])]
    for name, groups in names:
        draft = Draft(asker, "ebs_snapshot", "ec2", name)
        draft.values["shared_with"] = groups
        draft.learn("blocked", lambda: _snapshot_block(asker) == "block-all-sharing")
        yield draft.fact(product="amazon-ebs")


def images(asker: Asker) -> Iterator[CloudFact]:
    """The images that everybody may start; where there are none, the region as a whole."""
    public = {"Owners": ["self"], "Filters": [{"Name": "is-public", "Values": ["true"]}]}
    listed = asker.listing("ec2", "DescribeImages", "Images", public)
    names = [(str(each["ImageId"]), ["all"]) for each in listed] or [("images", [])]
    for name, groups in names:
        draft = Draft(asker, "machine_image", "ec2", name)
        draft.values["shared_with"] = groups
        yield draft.fact(product="amazon-machine-image")


def _groups(asker: Asker) -> Mapping[str, Mapping[str, Any]]:
    def ask() -> dict[str, Mapping[str, Any]]:
        return {each["GroupId"]: each for each in asker.listing("ec2", "DescribeSecurityGroups", "SecurityGroups")}

    found: Mapping[str, Mapping[str, Any]] = asker.once("groups", ask)
    return found


def _behind(asker: Asker) -> Mapping[str, list[Mapping[str, Any]]]:
    """The network interfaces behind each group."""

    def ask() -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for each in asker.listing("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces"):
            for group in each.get("Groups", ()):
                found[group["GroupId"]].append(each)
        return found

    known: Mapping[str, list[Mapping[str, Any]]] = asker.once("behind", ask)
    return known


def _addresses(interfaces: Iterable[Mapping[str, Any]]) -> list[str]:
    """Those by which the internet reaches them: public IPv4 ones, and every IPv6 one."""
    found: dict[str, None] = {}
    for interface in interfaces:
        public = interface.get("Association", {}).get("PublicIp")
        found.update({str(public): None} if public else {})
        found.update(
            {
                str(address["Ipv6Address"]): None
                for address in interface.get("Ipv6Addresses", ())
                if "Ipv6Address" in address
            }
        )
    return list(found)


def _lists(asker: Asker, groups: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The networks of each prefix list that the groups name."""
    names = {
        str(each["PrefixListId"])
        for group in groups for rule in group.get("IpPermissions", ()) for each in rule.get("PrefixListIds", ())
    }  # fmt: skip
    return {name: asker.once(f"list {name}", partial(_networks, asker, name)) for name in sorted(names)}


def _networks(asker: Asker, name: str) -> list[str]:
    entries = asker.listing("ec2", "GetManagedPrefixListEntries", "Entries", {"PrefixListId": name})
    return [str(entry.get("Cidr", "")) for entry in entries]


def _snapshot_block(asker: Asker) -> Any:  # noqa: ANN401  (a word)
    return asker.once(
        "snapshot_block", lambda: (asker.one("ec2", "GetSnapshotBlockPublicAccessState") or {}).get("State")
    )

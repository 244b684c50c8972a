"""Rules of a security group that are resources of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..service_call import ServiceError, call_ec2
from ..tiers import Properties, Provisioned, ResourceHandler, Tier

_RULE_PROPERTIES = frozenset(
    {
        "CidrIp",
        "CidrIpv6",
        "DestinationPrefixListId",
        "DestinationSecurityGroupId",
        "FromPort",
        "GroupId",
        "IpProtocol",
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "SourceSecurityGroupOwnerId",
        "ToPort",
    }
)


def _permission(properties: Properties) -> dict[str, Any]:
    """The rule in the shape in which the emulator keeps inline rules."""
    from ministack.services.cloudformation.provisioners import _ec2_sg_permissions

    return _ec2_sg_permissions([properties])[0]


def _group(group_id: str) -> dict[str, Any]:
    from ministack.services import ec2

    try:
        return ec2._security_groups[group_id]
    except KeyError:
        raise ServiceError(
            "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist"
        ) from None


def _rule_actions(
    direction: str, stored_as: str
) -> tuple[
    Callable[[str, Properties, str], Provisioned],
    Callable[[str, Properties, Properties, str], Provisioned],
    Callable[[str, Properties], None],
]:
    egress = direction == "Egress"

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        from ministack.services import ec2

        group = _group(properties["GroupId"])
        rule = _permission(properties)
        if any(ec2._rules_match(rule, known) for known in group[stored_as]):
            raise ServiceError(
                "InvalidPermission.Duplicate", f"the rule exists in {properties['GroupId']} already"
            )
        for pair in rule["UserIdGroupPairs"]:
            _group(pair["GroupId"])
        pairs = rule.pop("UserIdGroupPairs")
        prefix_lists = rule.pop("PrefixListIds")
        call_ec2(
            f"AuthorizeSecurityGroup{direction}",
            GroupId=properties["GroupId"],
            IpPermissions=[{**rule, "Groups": pairs, "PrefixListIds": prefix_lists}],
        )
        stored = group[stored_as][-1]
        stored["PrefixListIds"] = prefix_lists
        rule_id = ec2._sg_rule_id(properties["GroupId"], egress, stored)
        return rule_id, {"Id": rule_id}

    def change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        for stored in _group(new["GroupId"])[stored_as]:
            if stored.get("SecurityGroupRuleId") == physical_id:
                described = _permission(new)
                for kind in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"):
                    stored[kind] = described[kind]
        return physical_id, {"Id": physical_id}

    def delete(physical_id: str, properties: Properties) -> None:
        from ministack.services import ec2

        group = ec2._security_groups.get(properties["GroupId"])
        if group is None:
            return
        group[stored_as] = [
            stored
            for stored in group[stored_as]
            if stored.get("SecurityGroupRuleId") != physical_id
        ]

    return create, change, delete


def _handler(direction: str, stored_as: str) -> ResourceHandler:
    create, change, delete = _rule_actions(direction, stored_as)
    return ResourceHandler(
        f"AWS::EC2::SecurityGroup{direction}",
        Tier.BACKED,
        create=create,
        change=change,
        delete=delete,
        create_only=_RULE_PROPERTIES,
        note=f"AuthorizeSecurityGroup{direction}",
    )


HANDLERS = (
    _handler("Ingress", "IpPermissions"),
    _handler("Egress", "IpPermissionsEgress"),
)

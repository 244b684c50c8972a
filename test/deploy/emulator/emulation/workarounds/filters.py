"""Filters of EC2's Describe actions: the emulator ignores those it does not know.

A test that asks for the instances of one network would get those of all. Nor
does it know that `*` stands for any characters. Here every filter is applied
to the answer, and one that is not known is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from ..service_call import Answer
from .ec2_answer import with_change
from .workaround import Workaround


@dataclass(frozen=True)
class _Listing:
    """Where an action's items are, and which path in an item each filter reads."""

    items: str
    paths: dict[str, str]


_LISTINGS = {
    "DescribeVpcs": _Listing(
        "vpcSet",
        {
            "cidr": "cidrBlock",
            "is-default": "isDefault",
            "owner-id": "ownerId",
            "state": "state",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeSubnets": _Listing(
        "subnetSet",
        {
            "availability-zone": "availabilityZone",
            "availability-zone-id": "availabilityZoneId",
            "cidr-block": "cidrBlock",
            "default-for-az": "defaultForAz",
            "map-public-ip-on-launch": "mapPublicIpOnLaunch",
            "state": "state",
            "subnet-id": "subnetId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeRouteTables": _Listing(
        "routeTableSet",
        {
            "association.main": "associationSet/item/main",
            "association.route-table-association-id": (
                "associationSet/item/routeTableAssociationId"
            ),
            "association.subnet-id": "associationSet/item/subnetId",
            "route-table-id": "routeTableId",
            "route.destination-cidr-block": "routeSet/item/destinationCidrBlock",
            "route.gateway-id": "routeSet/item/gatewayId",
            "route.nat-gateway-id": "routeSet/item/natGatewayId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeInternetGateways": _Listing(
        "internetGatewaySet",
        {
            "attachment.state": "attachmentSet/item/state",
            "attachment.vpc-id": "attachmentSet/item/vpcId",
            "internet-gateway-id": "internetGatewayId",
        },
    ),
    "DescribeVpcEndpoints": _Listing(
        "vpcEndpointSet",
        {
            "service-name": "serviceName",
            "vpc-endpoint-id": "vpcEndpointId",
            "vpc-endpoint-state": "state",
            "vpc-endpoint-type": "vpcEndpointType",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeSecurityGroups": _Listing(
        "securityGroupInfo",
        {
            "description": "groupDescription",
            "egress.ip-permission.cidr": "ipPermissionsEgress/item/ipRanges/item/cidrIp",
            "egress.ip-permission.group-id": "ipPermissionsEgress/item/groups/item/groupId",
            "group-id": "groupId",
            "group-name": "groupName",
            "ip-permission.cidr": "ipPermissions/item/ipRanges/item/cidrIp",
            "ip-permission.group-id": "ipPermissions/item/groups/item/groupId",
            "owner-id": "ownerId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeSecurityGroupRules": _Listing(
        "securityGroupRuleSet",
        {"group-id": "groupId", "security-group-rule-id": "securityGroupRuleId"},
    ),
    "DescribeVolumes": _Listing(
        "volumeSet",
        {
            "attachment.instance-id": "attachmentSet/item/instanceId",
            "availability-zone": "availabilityZone",
            "encrypted": "encrypted",
            "status": "status",
            "volume-id": "volumeId",
            "volume-type": "volumeType",
        },
    ),
    "DescribeInstances": _Listing(
        "reservationSet/item/instancesSet",
        {
            "architecture": "architecture",
            "availability-zone": "placement/availabilityZone",
            "iam-instance-profile.arn": "iamInstanceProfile/arn",
            "image-id": "imageId",
            "instance-id": "instanceId",
            "instance-state-code": "instanceState/code",
            "instance-state-name": "instanceState/name",
            "instance-type": "instanceType",
            "instance.group-id": "groupSet/item/groupId",
            "ip-address": "ipAddress",
            "private-ip-address": "privateIpAddress",
            "subnet-id": "subnetId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeAddresses": _Listing(
        "addressesSet",
        {
            "allocation-id": "allocationId",
            "association-id": "associationId",
            "domain": "domain",
            "instance-id": "instanceId",
            "network-interface-id": "networkInterfaceId",
            "private-ip-address": "privateIpAddress",
            "public-ip": "publicIp",
        },
    ),
    "DescribeNetworkInterfaces": _Listing(
        "networkInterfaceSet",
        {
            "attachment.instance-id": "attachment/instanceId",
            "availability-zone": "availabilityZone",
            "description": "description",
            "group-id": "groupSet/item/groupId",
            "network-interface-id": "networkInterfaceId",
            "private-ip-address": "privateIpAddress",
            "status": "status",
            "subnet-id": "subnetId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeFlowLogs": _Listing(
        "flowLogSet",
        {
            "flow-log-id": "flowLogId",
            "log-destination-type": "logDestinationType",
            "log-group-name": "logGroupName",
            "resource-id": "resourceId",
            "traffic-type": "trafficType",
        },
    ),
    "DescribeNatGateways": _Listing(
        "natGatewaySet",
        {
            "nat-gateway-id": "natGatewayId",
            "state": "state",
            "subnet-id": "subnetId",
            "vpc-id": "vpcId",
        },
    ),
    "DescribeNetworkAcls": _Listing(
        "networkAclSet",
        {
            "association.subnet-id": "associationSet/item/subnetId",
            "default": "default",
            "network-acl-id": "networkAclId",
            "vpc-id": "vpcId",
        },
    ),
}


def _values(item: ElementTree.Element, name: str, listing: _Listing) -> list[str]:
    if name.startswith("tag:"):
        return [
            tag.findtext("value") or ""
            for tag in item.findall("tagSet/item")
            if tag.findtext("key") == name[len("tag:") :]
        ]
    path = "tagSet/item/key" if name == "tag-key" else listing.paths[name]
    return [found.text or "" for found in item.findall(path)]


def _pattern(wanted: str) -> re.Pattern[str]:
    """A filter's value, in which * and ? stand for any characters and any one."""
    return re.compile(re.escape(wanted).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _matches(item: ElementTree.Element, wanted: dict[str, list[str]], listing: _Listing) -> bool:
    return all(
        any(
            _pattern(pattern).fullmatch(value)
            for value in _values(item, name, listing)
            for pattern in patterns
        )
        for name, patterns in wanted.items()
    )


def _keep_matching(
    root: ElementTree.Element, wanted: dict[str, list[str]], listing: _Listing
) -> None:
    for items in root.findall(listing.items):
        for item in items.findall("item"):
            if not _matches(item, wanted, listing):
                items.remove(item)
    # A reservation without instances is not answered.
    for reservations in root.findall("reservationSet"):
        for reservation in reservations.findall("item"):
            if reservation.find("instancesSet/item") is None:
                reservations.remove(reservation)


def _filter_answers(action: str, listing: _Listing) -> None:
    from ministack.services import ec2

    original = ec2._ACTION_MAP[action]

    def filtered(parameters: dict[str, Any]) -> Answer:
        wanted: dict[str, list[str]] = ec2._parse_filters(parameters)
        for name in wanted:
            if not (name.startswith("tag:") or name == "tag-key" or name in listing.paths):
                refusal: Answer = ec2._error(
                    "InvalidParameterValue", f"The emulator does not know the filter '{name}'", 400
                )
                return refusal
        unfiltered = {
            name: value for name, value in parameters.items() if not name.startswith("Filter.")
        }
        return with_change(original(unfiltered), lambda root: _keep_matching(root, wanted, listing))

    ec2._ACTION_MAP[action] = filtered


def _apply() -> None:
    for action, listing in _LISTINGS.items():
        _filter_answers(action, listing)


WORKAROUND = Workaround(
    "filters",
    "EC2's Describe actions ignore many filters, and know no patterns in their values",
    _apply,
)

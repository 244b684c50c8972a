"""Subnets that EC2 would refuse: an unknown zone, or a range that does not fit."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..service_call import ServiceError
from .workaround import Workaround, wrap_handler

# The emulator's regions have three zones each.
_ZONES = "abc"


def _check_zone(properties: dict[str, Any]) -> None:
    from ministack.core.responses import get_region

    zone = properties.get("AvailabilityZone")
    known = [f"{get_region()}{letter}" for letter in _ZONES]
    if zone and zone not in known:
        raise ServiceError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. "
            f"Subnets can currently only be created in: {', '.join(known)}.",
        )


def _check_range(properties: dict[str, Any]) -> None:
    from ministack.services import ec2

    vpc = ec2._vpcs.get(properties["VpcId"])
    if vpc is None:
        raise ServiceError(
            "InvalidVpcID.NotFound", f"The vpc ID '{properties['VpcId']}' does not exist"
        )
    cidr = properties.get("CidrBlock")
    if not cidr:
        return
    network = ipaddress.IPv4Network(cidr)
    if not network.subnet_of(ipaddress.IPv4Network(vpc["CidrBlock"])):
        raise ServiceError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    for subnet in ec2._subnets.values():
        same_network = subnet["VpcId"] == vpc["VpcId"]
        if same_network and network.overlaps(ipaddress.IPv4Network(subnet["CidrBlock"])):
            raise ServiceError(
                "InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with another subnet"
            )


def _around_create(create: Any) -> Any:
    def checked(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        _check_zone(properties)
        _check_range(properties)
        return create(logical_id, properties, stack_name)

    return checked


def _apply() -> None:
    wrap_handler("AWS::EC2::Subnet", "create", _around_create)


WORKAROUND = Workaround(
    "subnet-checks",
    "a subnet may be in any zone, outside its network, or overlap another",
    _apply,
    ("AWS::EC2::Subnet",),
)

"""Attributes of networks and subnets that `Fn::GetAtt` has to answer."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update


def _network(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import ec2

    vpc = ec2._vpcs[physical_id]
    attributes.setdefault("CidrBlock", vpc["CidrBlock"])
    attributes.setdefault("CidrBlockAssociations", [])
    attributes.setdefault("Ipv6CidrBlocks", [])


def _subnet(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import ec2

    subnet = ec2._subnets[physical_id]
    for name in ("CidrBlock", "VpcId", "AvailabilityZoneId"):
        attributes.setdefault(name, subnet[name])
    attributes.setdefault("Ipv6CidrBlocks", [])


def _apply() -> None:
    after_create_and_update("AWS::EC2::VPC", _network)
    after_create_and_update("AWS::EC2::Subnet", _subnet)


WORKAROUND = Workaround(
    "attributes",
    "Fn::GetAtt knows neither CidrBlock of a network nor CidrBlock and VpcId of a subnet",
    _apply,
    ("AWS::EC2::VPC", "AWS::EC2::Subnet"),
)

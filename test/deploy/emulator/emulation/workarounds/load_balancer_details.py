"""The network and the zones of a load balancer, which follow from its subnets."""

from __future__ import annotations

import re
from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_ZONE_OF_SUBNET = re.compile(r"<ZoneName>[^<]*</ZoneName><SubnetId>([^<]*)</SubnetId>")


def _complete(arn: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import alb, ec2

    balancer = alb._lbs[arn]
    subnets = [
        *balancer["Subnets"],
        *(mapping["SubnetId"] for mapping in properties.get("SubnetMappings") or []),
    ]
    balancer["Subnets"] = list(dict.fromkeys(subnets))
    known = [ec2._subnets[subnet] for subnet in balancer["Subnets"] if subnet in ec2._subnets]
    if known:
        balancer["VpcId"] = known[0]["VpcId"]


def _answer_zones() -> None:
    from ministack.services import alb, ec2

    describe = alb._lb_xml

    def zone(found: re.Match[str]) -> str:
        subnet = ec2._subnets.get(found.group(1))
        if subnet is None:
            return found.group(0)
        return (
            f"<ZoneName>{subnet['AvailabilityZone']}</ZoneName>"
            f"<SubnetId>{subnet['SubnetId']}</SubnetId>"
        )

    def described(balancer: dict[str, Any]) -> str:
        return _ZONE_OF_SUBNET.sub(zone, describe(balancer))

    alb._lb_xml = described


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)
    _answer_zones()


WORKAROUND = Workaround(
    "load-balancer-details",
    "a load balancer is in the default network and all its subnets in one zone",
    _apply,
    (_TYPE,),
)

"""Load balancers have network interfaces, at whose addresses their listeners are reached.

A function finds them with DescribeNetworkInterfaces, as in a real network. The
addresses are loopback addresses and not of the subnets.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ..balancers.addresses import follow_listeners, interfaces
from .ec2_answer import change_answer
from .workaround import Workaround, wrap_handler

_TYPES = (
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::Listener",
)
_ACTIONS = (
    "CreateListener",
    "DeleteListener",
    "DeleteLoadBalancer",
    "ModifyListener",
    "SetSubnets",
)


def _add_interfaces(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    listed = root.find("networkInterfaceSet")
    wanted = ec2._parse_member_list(parameters, "NetworkInterfaceId")
    for interface in interfaces() if listed is not None else ():
        if not wanted or interface["NetworkInterfaceId"] in wanted:
            listed.append(ElementTree.fromstring(ec2._eni_fields_xml(interface)))


def _and_follow(act: Any) -> Any:
    def acted(*arguments: Any, **named: Any) -> Any:
        done = act(*arguments, **named)
        follow_listeners()
        return done

    return acted


def _apply() -> None:
    from ministack.services import alb

    for resource_type in _TYPES:
        for operation in ("create", "update", "delete"):
            wrap_handler(resource_type, operation, _and_follow)
    for action in _ACTIONS:
        alb._ACTION_MAP[action] = _and_follow(alb._ACTION_MAP[action])
    change_answer("DescribeNetworkInterfaces", _add_interfaces)


WORKAROUND = Workaround(
    "load-balancer-addresses",
    "a load balancer has no network interface, and nothing listens at its addresses",
    _apply,
    _TYPES,
)

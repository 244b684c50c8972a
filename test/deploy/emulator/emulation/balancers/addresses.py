"""The addresses and network interfaces of load balancers, one for each of their subnets."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from typing import Any

from ..containers.addresses import give_back, take_balancer_address
from .sockets import Listening, Place, open_socket

_turn = threading.RLock()
_addresses: dict[tuple[str, str], str] = {}
_open: dict[Place, Listening | None] = {}


def addresses_of(balancer: dict[str, Any]) -> dict[str, str]:
    """The address of an application load balancer in each of its subnets."""
    if balancer["Type"] != "application":
        return {}
    with _turn:
        for subnet in balancer["Subnets"]:
            key = (balancer["LoadBalancerArn"], subnet)
            if key not in _addresses:
                _addresses[key] = take_balancer_address()
        arn = balancer["LoadBalancerArn"]
        return {subnet: _addresses[arn, subnet] for subnet in balancer["Subnets"]}


def _names(balancer: dict[str, Any], listener: dict[str, Any]) -> tuple[str, ...]:
    from ministack.services import acm

    names = [balancer["DNSName"]]
    for arn in listener.get("Certificates") or []:
        certificate = acm._certificates.get(arn) or {}
        names.append(certificate.get("DomainName", ""))
        names += certificate.get("SubjectAlternativeNames") or []
    return tuple(dict.fromkeys(name for name in names if name))


def _places() -> Iterator[Place]:
    from ministack.core.responses import request_scope
    from ministack.services import alb

    for (account, region, _arn), listener in list(alb._listeners._data.items()):
        with request_scope(account, region):
            balancer = alb._lbs.get(listener["LoadBalancerArn"])
            if balancer is None or listener["Protocol"] not in ("HTTP", "HTTPS"):
                continue
            for address in addresses_of(balancer).values():
                yield Place(
                    address,
                    listener["Port"],
                    listener["Protocol"],
                    account,
                    region,
                    listener["LoadBalancerArn"],
                    _names(balancer, listener) if listener["Protocol"] == "HTTPS" else (),
                )


def follow_listeners() -> None:
    """Open the sockets of new listeners and close those of listeners that are gone."""
    from ministack.services import alb

    with _turn:
        wanted = set(_places())
        for place in [known for known in _open if known not in wanted]:
            listening = _open.pop(place)
            if listening:
                listening.close()
        for place in wanted - _open.keys():
            _open[place] = open_socket(place)
        known = {arn for (_account, _region, arn) in list(alb._lbs._data)}
        for key in [key for key in _addresses if key[0] not in known]:
            give_back(_addresses.pop(key))


def interfaces() -> list[dict[str, Any]]:
    """The network interfaces of the load balancers of this account and region."""
    from ministack.core.responses import get_account_id
    from ministack.services import alb, ec2

    found = []
    for balancer in list(alb._lbs.values()):
        arn = balancer["LoadBalancerArn"]
        for subnet_id, address in addresses_of(balancer).items():
            number = hashlib.sha256(f"{arn} {subnet_id}".encode()).hexdigest()
            subnet = ec2._subnets.get(subnet_id) or {}
            groups = {
                group: ec2._security_groups.get(group) or {}
                for group in balancer.get("SecurityGroups") or []
            }
            found.append(
                {
                    "NetworkInterfaceId": f"eni-{number[:17]}",
                    "SubnetId": subnet_id,
                    "VpcId": balancer["VpcId"],
                    "AvailabilityZone": subnet.get("AvailabilityZone", ""),
                    "Description": f"ELB {arn.partition(':loadbalancer/')[2]}",
                    "OwnerId": get_account_id(),
                    "Status": "in-use",
                    "PrivateIpAddress": address,
                    "MacAddress": f"02:{':'.join(number[i : i + 2] for i in range(0, 10, 2))}",
                    "Groups": [
                        {"GroupId": group, "GroupName": known.get("GroupName", "")}
                        for group, known in groups.items()
                    ],
                    "Attachment": {
                        "AttachmentId": f"ela-attach-{number[17:34]}",
                        "DeviceIndex": 1,
                        "Status": "attached",
                        "AttachTime": balancer["CreatedTime"],
                    },
                }
            )
    return found

"""What the emulator leaves out when it is asked about an elastic address."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from .ec2_answer import add_text, change_answer
from .workaround import Workaround


def _complete(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    wanted = ec2._parse_member_list(parameters, "PublicIp")
    for addresses in root.findall("addressesSet"):
        for item in addresses.findall("item"):
            if wanted and item.findtext("publicIp") not in wanted:
                addresses.remove(item)
    for item in root.findall("addressesSet/item"):
        address = ec2._addresses[item.findtext("allocationId") or ""]
        add_text(item, "privateIpAddress", address.get("PrivateIpAddress"))
        add_text(item, "networkInterfaceId", address.get("NetworkInterfaceId"))


def _apply() -> None:
    change_answer("DescribeAddresses", _complete)


WORKAROUND = Workaround(
    "address-answers",
    "DescribeAddresses tells neither the private address nor the network interface, and answers "
    "all addresses to who names one",
    _apply,
    ("AWS::EC2::EIP", "AWS::EC2::EIPAssociation"),
)

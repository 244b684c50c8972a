"""Addresses and the primary network interface of an instance.

The emulator gives instances random addresses outside their subnet and no
network interface. Tests that ask who may reach whom need both to be true.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from ..service_call import ServiceError, call_ec2, required_text

# AWS keeps the first four addresses of a subnet and the last one for itself.
_FIRST_HOST = 4


def _addresses_in_use() -> set[str]:
    from ministack.services import ec2

    used = {
        instance["PrivateIpAddress"]
        for instance in ec2._instances.values()
        if instance["State"]["Name"] != "terminated"
    }
    used |= {interface["PrivateIpAddress"] for interface in ec2._network_interfaces.values()}
    return used | {
        gateway["PrivateIp"]
        for gateway in ec2._nat_gateways.values()
        if gateway.get("PrivateIp") and gateway["State"] != "deleted"
    }


def free_private_address(subnet_id: str) -> str:
    """The lowest address of the subnet that nothing uses yet."""
    from ministack.services import ec2

    subnet = ec2._subnets.get(subnet_id)
    if subnet is None:
        raise ServiceError(
            "InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist"
        )
    network = ipaddress.ip_network(subnet["CidrBlock"])
    used = _addresses_in_use()
    for offset in range(_FIRST_HOST, network.num_addresses - 1):
        candidate = str(network[offset])
        if candidate not in used:
            return candidate
    raise ServiceError("InsufficientFreeAddressesInSubnet", f"{subnet_id} has no free address")


def attach_primary_interface(instance: dict[str, Any], group_ids: list[str]) -> str:
    """Give the instance the network interface that every real one has."""
    from ministack.services import ec2

    answer = call_ec2(
        "CreateNetworkInterface",
        SubnetId=instance["SubnetId"],
        SecurityGroupId=group_ids,
        Description="Primary network interface",
    )
    interface_id = required_text(answer, "networkInterfaceId")
    call_ec2(
        "AttachNetworkInterface",
        NetworkInterfaceId=interface_id,
        InstanceId=instance["InstanceId"],
        DeviceIndex=0,
    )
    ec2._network_interfaces[interface_id]["PrivateIpAddress"] = instance["PrivateIpAddress"]
    return interface_id


def primary_interface(instance_id: str) -> str | None:
    """The id of the network interface that `attach_primary_interface` made."""
    from ministack.services import ec2

    for interface in ec2._network_interfaces.values():
        attachment = interface.get("Attachment") or {}
        if attachment.get("InstanceId") == instance_id:
            return interface["NetworkInterfaceId"]
    return None


def delete_primary_interface(instance_id: str) -> None:
    """Remove the instance's network interface, as its termination does."""
    from ministack.services import ec2

    interface_id = primary_interface(instance_id)
    if interface_id:
        ec2._network_interfaces.pop(interface_id)
        ec2._tags.pop(interface_id, None)


def set_public_address(instance: dict[str, Any], public_ip: str | None) -> None:
    """Give the instance a public address and its DNS name, or take both away."""
    from ministack.core.responses import get_region

    region = get_region()
    zone = "compute-1" if region == "us-east-1" else f"{region}.compute"
    instance["PublicIpAddress"] = public_ip or ""
    instance["PublicDnsName"] = (
        f"ec2-{public_ip.replace('.', '-')}.{zone}.amazonaws.com" if public_ip else ""
    )

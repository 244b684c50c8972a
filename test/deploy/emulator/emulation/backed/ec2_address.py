"""Elastic IP addresses and their associations.

The emulator keeps addresses, but an association there does not reach the
instance. The instance's public address is set here, so that DescribeInstances
and DescribeAddresses tell the same story.
"""

from __future__ import annotations

from typing import Any

from ..properties import set_ec2_tags
from ..service_call import ServiceError, call_ec2, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier
from .ec2_interface import primary_interface, set_public_address


def _address(allocation_id: str) -> dict[str, Any]:
    from ministack.services import ec2

    try:
        return ec2._addresses[allocation_id]
    except KeyError:
        raise ServiceError(
            "InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist"
        ) from None


def _associate(allocation_id: str, instance_id: str) -> str:
    from ministack.services import ec2

    instance = ec2._instances.get(instance_id)
    if instance is None or instance["State"]["Name"] == "terminated":
        raise ServiceError(
            "InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist"
        )
    answer = call_ec2("AssociateAddress", AllocationId=allocation_id, InstanceId=instance_id)
    address = _address(allocation_id)
    address["PrivateIpAddress"] = instance["PrivateIpAddress"]
    address["NetworkInterfaceId"] = primary_interface(instance_id)
    set_public_address(instance, address["PublicIp"])
    return required_text(answer, "associationId")


def _disassociate(address: dict[str, Any]) -> None:
    from ministack.services import ec2

    if not address.get("AssociationId"):
        return
    instance = ec2._instances.get(address.get("InstanceId") or "")
    call_ec2("DisassociateAddress", AssociationId=address["AssociationId"])
    address["PrivateIpAddress"] = None
    address["NetworkInterfaceId"] = None
    if instance is not None:
        set_public_address(instance, None)


def _attributes(address: dict[str, Any]) -> dict[str, Any]:
    return {"AllocationId": address["AllocationId"], "PublicIp": address["PublicIp"]}


def _create_address(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    answer = call_ec2("AllocateAddress", Domain=properties.get("Domain", "vpc"))
    address = _address(required_text(answer, "allocationId"))
    set_ec2_tags(address["AllocationId"], properties)
    if properties.get("InstanceId"):
        _associate(address["AllocationId"], properties["InstanceId"])
    return address["PublicIp"], _attributes(address)


def _by_public_address(public_ip: str) -> dict[str, Any]:
    from ministack.services import ec2

    for address in ec2._addresses.values():
        if address["PublicIp"] == public_ip:
            return address
    raise ServiceError("InvalidAddress.NotFound", f"Address {public_ip} not found")


def _change_address(
    physical_id: str, old: Properties, new: Properties, stack_name: str
) -> Provisioned:
    address = _by_public_address(physical_id)
    set_ec2_tags(address["AllocationId"], new)
    if old.get("InstanceId") != new.get("InstanceId"):
        _disassociate(address)
        if new.get("InstanceId"):
            _associate(address["AllocationId"], new["InstanceId"])
    return physical_id, _attributes(address)


def _delete_address(physical_id: str, properties: Properties) -> None:
    address = _by_public_address(physical_id)
    _disassociate(address)
    call_ec2("ReleaseAddress", AllocationId=address["AllocationId"])


def _create_association(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    allocation_id = properties.get("AllocationId")
    if not allocation_id:
        allocation_id = _by_public_address(properties["EIP"])["AllocationId"]
    association_id = _associate(allocation_id, properties["InstanceId"])
    return association_id, {"Id": association_id}


def _delete_association(physical_id: str, properties: Properties) -> None:
    from ministack.services import ec2

    for address in ec2._addresses.values():
        if address.get("AssociationId") == physical_id:
            _disassociate(address)
            return


HANDLERS = (
    ResourceHandler(
        "AWS::EC2::EIP",
        Tier.BACKED,
        create=_create_address,
        change=_change_address,
        delete=_delete_address,
        create_only=frozenset({"Domain", "NetworkBorderGroup", "TransferAddress", "IpamPoolId"}),
        tag_property=("Tags", "list"),
        note="AllocateAddress, AssociateAddress",
    ),
    ResourceHandler(
        "AWS::EC2::EIPAssociation",
        Tier.BACKED,
        create=_create_association,
        delete=_delete_association,
        note="AssociateAddress; sets the instance's public address",
    ),
)

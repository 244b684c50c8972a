"""NAT gateways."""

from __future__ import annotations

from ..properties import set_ec2_tags
from ..service_call import ServiceError, call_ec2, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier
from .ec2_interface import free_private_address


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import ec2

    allocation_id = properties.get("AllocationId")
    public = properties.get("ConnectivityType", "public") == "public"
    if public and allocation_id not in ec2._addresses:
        raise ServiceError(
            "InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist"
        )
    private_ip = properties.get("PrivateIpAddress") or free_private_address(properties["SubnetId"])
    answer = call_ec2(
        "CreateNatGateway",
        SubnetId=properties["SubnetId"],
        AllocationId=allocation_id,
        ConnectivityType=properties.get("ConnectivityType"),
    )
    gateway_id = required_text(answer, "natGatewayId")
    ec2._nat_gateways[gateway_id]["PrivateIp"] = private_ip
    if public:
        address = ec2._addresses[allocation_id]
        ec2._nat_gateways[gateway_id]["PublicIp"] = address["PublicIp"]
        association = call_ec2("AssociateAddress", AllocationId=allocation_id)
        address["AssociationId"] = required_text(association, "associationId")
        address["PrivateIpAddress"] = private_ip
    set_ec2_tags(gateway_id, properties)
    return gateway_id, {"NatGatewayId": gateway_id}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    set_ec2_tags(physical_id, new)
    return physical_id, {"NatGatewayId": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import ec2

    gateway = ec2._nat_gateways.get(physical_id)
    if gateway is None or gateway["State"] == "deleted":
        return
    call_ec2("DeleteNatGateway", NatGatewayId=physical_id)
    address = ec2._addresses.get(gateway.get("AllocationId") or "")
    if address:
        address.update(AssociationId=None, PrivateIpAddress=None)
    ec2._tags.pop(physical_id, None)


HANDLERS = (
    ResourceHandler(
        "AWS::EC2::NatGateway",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset(
            {"AllocationId", "ConnectivityType", "PrivateIpAddress", "SubnetId", "VpcId"}
        ),
        tag_property=("Tags", "list"),
        note="CreateNatGateway",
    ),
)

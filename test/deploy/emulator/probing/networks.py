"""Probes of networks, subnets and what is in them."""

from __future__ import annotations

from typing import Any

from .emulator import REGION, Emulator, Probe, Resources

_NETWORK: Resources = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def subnet(zone: str = f"{REGION}a", **properties: Any) -> Resources:
    """A network with one subnet."""
    return {
        "Network": _NETWORK,
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Network"},
                "CidrBlock": "10.0.1.0/24",
                "AvailabilityZone": zone,
                **properties,
            },
        },
    }


def _attributes(emulator: Emulator) -> bool:
    stack = emulator.create(
        {"Network": _NETWORK}, {"Range": {"Fn::GetAtt": ["Network", "CidrBlock"]}}
    )
    return not stack.created


def _default_security_group(emulator: Emulator) -> bool:
    stack = emulator.create(
        {"Network": _NETWORK}, {"Group": {"Fn::GetAtt": ["Network", "DefaultSecurityGroup"]}}
    )
    groups = emulator.client("ec2").describe_security_groups(GroupIds=[stack.outputs["Group"]])
    return not groups["SecurityGroups"][0]["IpPermissions"]


def _subnet_checks(emulator: Emulator) -> bool:
    return emulator.create(subnet(zone="dummy1a")).created


def _delete_dependencies(emulator: Emulator) -> bool:
    stack = emulator.create(subnet(), {"Subnet": {"Ref": "Subnet"}})
    ec2 = emulator.client("ec2")
    interface = ec2.create_network_interface(SubnetId=stack.outputs["Subnet"])
    deleted = emulator.delete(stack)
    ec2.delete_network_interface(
        NetworkInterfaceId=interface["NetworkInterface"]["NetworkInterfaceId"]
    )
    return deleted.status == "DELETE_COMPLETE"


def _gateway_endpoint_routes(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Network": _NETWORK,
            "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Network"}}},
            "Endpoint": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "VpcId": {"Ref": "Network"},
                    "ServiceName": f"com.amazonaws.{REGION}.s3",
                    "RouteTableIds": [{"Ref": "Table"}],
                },
            },
        },
        {"Table": {"Ref": "Table"}},
    )
    tables = emulator.client("ec2").describe_route_tables(RouteTableIds=[stack.outputs["Table"]])
    routes = tables["RouteTables"][0]["Routes"]
    return not any("DestinationPrefixListId" in route for route in routes)


def _network_answers(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            **subnet(),
            "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
            "Gateway": {
                "Type": "AWS::EC2::NatGateway",
                "Properties": {
                    "SubnetId": {"Ref": "Subnet"},
                    "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
                },
            },
        },
        {"Gateway": {"Ref": "Gateway"}},
    )
    found = emulator.client("ec2").describe_nat_gateways(NatGatewayIds=[stack.outputs["Gateway"]])
    return not found["NatGateways"][0].get("NatGatewayAddresses")


PROBES: dict[str, Probe] = {
    "attributes": _attributes,
    "default-security-group": _default_security_group,
    "delete-dependencies": _delete_dependencies,
    "gateway-endpoint-routes": _gateway_endpoint_routes,
    "network-answers": _network_answers,
    "subnet-checks": _subnet_checks,
}

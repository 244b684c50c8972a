"""Deletions that EC2 refuses while something depends on the resource.

The emulator deletes whatever it is told. On AWS a wrong order fails the
destruction of a stack, so it has to fail here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..service_call import ServiceError
from .workaround import Workaround, wrap_handler


def _endpoints_with(kind: str, used_id: str) -> list[str]:
    from ministack.services import ec2

    return [
        endpoint_id
        for endpoint_id, endpoint in ec2._vpc_endpoints.items()
        if used_id in endpoint.get(kind, [])
    ]


def _users_of_group(group_id: str) -> list[str]:
    from ministack.services import alb, ec2, rds

    users = [
        interface["NetworkInterfaceId"]
        for interface in ec2._network_interfaces.values()
        if any(group["GroupId"] == group_id for group in interface["Groups"])
    ]
    users += [
        other_id
        for other_id, other in ec2._security_groups.items()
        if other_id != group_id
        for rule in (*other["IpPermissions"], *other["IpPermissionsEgress"])
        if any(pair.get("GroupId") == group_id for pair in rule["UserIdGroupPairs"])
    ]
    users += [
        database_id
        for database_id, database in rds._instances.items()
        if any(
            group["VpcSecurityGroupId"] == group_id
            for group in database.get("VpcSecurityGroups", [])
        )
    ]
    users += [
        arn for arn, balancer in alb._lbs.items() if group_id in balancer.get("SecurityGroups", [])
    ]
    return users + _endpoints_with("SecurityGroupIds", group_id)


def _users_of_subnet(subnet_id: str) -> list[str]:
    from ministack.services import alb, ec2, rds

    users = [
        interface["NetworkInterfaceId"]
        for interface in ec2._network_interfaces.values()
        if interface["SubnetId"] == subnet_id
    ]
    users += [arn for arn, balancer in alb._lbs.items() if subnet_id in balancer["Subnets"]]
    users += _endpoints_with("SubnetIds", subnet_id)
    users += [
        gateway_id
        for gateway_id, gateway in ec2._nat_gateways.items()
        if gateway["SubnetId"] == subnet_id and gateway["State"] != "deleted"
    ]
    for database_id, database in rds._instances.items():
        subnets = (database.get("DBSubnetGroup") or {}).get("Subnets", [])
        if any(subnet["SubnetIdentifier"] == subnet_id for subnet in subnets):
            users.append(database_id)
    return users


def _users_of_route_table(table_id: str) -> list[str]:
    from ministack.services import ec2

    table = ec2._route_tables.get(table_id) or {"Associations": []}
    return [association["RouteTableAssociationId"] for association in table["Associations"]]


def _users_of_internet_gateway(gateway_id: str) -> list[str]:
    from ministack.services import ec2

    gateway = ec2._internet_gateways.get(gateway_id) or {"Attachments": []}
    return [attachment["VpcId"] for attachment in gateway["Attachments"]]


_USERS: dict[str, Callable[[str], list[str]]] = {
    "AWS::EC2::InternetGateway": _users_of_internet_gateway,
    "AWS::EC2::RouteTable": _users_of_route_table,
    "AWS::EC2::SecurityGroup": _users_of_group,
    "AWS::EC2::Subnet": _users_of_subnet,
}


def refuse_while_used(
    users_of: Callable[[str], list[str]], code: str = "DependencyViolation"
) -> Callable[[Any], Any]:
    """Put around a deletion: it fails with the code while the resource has users."""

    def around_delete(delete: Any) -> Any:
        def deleted(physical_id: str, properties: dict[str, Any]) -> None:
            users = users_of(physical_id)
            if users:
                raise ServiceError(code, f"{physical_id} is used by {', '.join(users)}")
            delete(physical_id, properties)

        return deleted

    return around_delete


def _refuse_detaching_used_gateway(delete: Any) -> Any:
    """A network with mapped public addresses does not let go of its gateway."""

    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import ec2

        mapped = [
            address["PublicIp"]
            for address in ec2._addresses.values()
            for instance in [ec2._instances.get(address.get("InstanceId") or "")]
            if instance and instance["VpcId"] == properties.get("VpcId")
        ]
        if mapped:
            raise ServiceError(
                "DependencyViolation",
                f"Network {properties.get('VpcId')} has some mapped public address(es): {mapped}",
            )
        delete(physical_id, properties)

    return deleted


def _apply() -> None:
    for resource_type, users_of in _USERS.items():
        wrap_handler(resource_type, "delete", refuse_while_used(users_of))
    wrap_handler("AWS::EC2::VPCGatewayAttachment", "delete", _refuse_detaching_used_gateway)


WORKAROUND = Workaround(
    "delete-dependencies",
    "groups, subnets, route tables and gateways are deleted while something uses them",
    _apply,
    (*_USERS, "AWS::EC2::VPCGatewayAttachment"),
)

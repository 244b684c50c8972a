"""Gateway endpoints put a route into each of their route tables; here too."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update, wrap_handler


def _prefix_list(service_name: str) -> str | None:
    from ministack.services import ec2

    for known in ec2._get_aws_managed_prefix_lists():
        if known["PrefixListName"] == service_name:
            return known["PrefixListId"]
    return None


def _remove_routes(endpoint_id: str) -> None:
    from ministack.services import ec2

    for table in ec2._route_tables.values():
        table["Routes"] = [
            route for route in table["Routes"] if route.get("GatewayId") != endpoint_id
        ]


def _put_routes(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import ec2

    _remove_routes(physical_id)
    prefix_list = _prefix_list(properties.get("ServiceName", ""))
    if properties.get("VpcEndpointType", "Gateway") != "Gateway" or not prefix_list:
        return
    for table_id in properties.get("RouteTableIds") or []:
        ec2._route_tables[table_id]["Routes"].append(
            {
                "DestinationPrefixListId": prefix_list,
                "GatewayId": physical_id,
                "State": "active",
                "Origin": "CreateRoute",
            }
        )


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        _remove_routes(physical_id)
        delete(physical_id, properties)

    return deleted


def _apply() -> None:
    after_create_and_update("AWS::EC2::VPCEndpoint", _put_routes)
    wrap_handler("AWS::EC2::VPCEndpoint", "delete", _around_delete)


WORKAROUND = Workaround(
    "gateway-endpoint-routes",
    "a gateway endpoint does not appear in its route tables",
    _apply,
    ("AWS::EC2::VPCEndpoint",),
)

"""Hosted zones of a template: their networks, which make them private, and their deletion."""

from __future__ import annotations

from typing import Any

from ..service_call import refuse_error
from .workaround import Workaround, after_create_and_update, wrap_handler

_TYPE = "AWS::Route53::HostedZone"


def _complete(zone_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import route53

    networks = properties.get("VPCs") or []
    zone = route53._zones[zone_id]
    zone["private"] = bool(networks)
    zone["vpcs"] = [
        {"VPCRegion": network["VPCRegion"], "VPCId": network["VPCId"]} for network in networks
    ]


def _around_delete(delete: Any) -> Any:
    """As the service deletes it, which refuses a zone that has records of others."""

    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import route53

        if physical_id in route53._zones:
            refuse_error(route53._delete_hosted_zone(physical_id))

    return deleted


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)
    wrap_handler(_TYPE, "delete", _around_delete)


WORKAROUND = Workaround(
    "hosted-zones",
    "hosted zones of a template are public and belong to no network, and are deleted with records "
    "in them",
    _apply,
    (_TYPE,),
)

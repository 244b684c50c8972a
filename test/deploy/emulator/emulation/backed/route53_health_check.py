"""Route 53 health checks; nothing is probed."""

from __future__ import annotations

from typing import Any

from ..properties import tag_list, truth
from ..service_call import parse_xml, refuse_error, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier
from ..xml_body import xml_body

_BOOLEANS = ("MeasureLatency", "EnableSNI", "Inverted", "Disabled")
_ITEM_TAGS = {"ChildHealthChecks": "ChildHealthCheck", "Regions": "Region"}


def _apply(health_check_id: str, properties: Properties) -> None:
    from ministack.services import route53

    configuration: dict[str, Any] = route53._health_checks[health_check_id]["config"]
    # The emulator looks for the list's items one level too deep.
    for name in _ITEM_TAGS:
        if properties["HealthCheckConfig"].get(name):
            configuration[name] = properties["HealthCheckConfig"][name]
    # The emulator would answer "True", which the SDKs do not read as a boolean.
    for name in _BOOLEANS:
        if name in configuration:
            configuration[name] = "true" if truth(configuration[name]) else "false"
    route53._tags[("healthcheck", health_check_id)] = {
        tag["Key"]: tag["Value"] for tag in tag_list(properties, "HealthCheckTags")
    }


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.core.responses import new_uuid
    from ministack.services import route53

    body = xml_body(
        "CreateHealthCheckRequest",
        {
            "CallerReference": new_uuid(),
            "HealthCheckConfig": properties["HealthCheckConfig"],
        },
        _ITEM_TAGS,
    )
    answer = parse_xml(refuse_error(route53._create_health_check(body)))
    health_check_id = required_text(answer, "Id")
    _apply(health_check_id, properties)
    return health_check_id, {"HealthCheckId": health_check_id}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    from ministack.services import route53

    body = xml_body("UpdateHealthCheckRequest", new["HealthCheckConfig"], _ITEM_TAGS)
    refuse_error(route53._update_health_check(physical_id, body))
    _apply(physical_id, new)
    return physical_id, {"HealthCheckId": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import route53

    if physical_id in route53._health_checks:
        refuse_error(route53._delete_health_check(physical_id))
        route53._tags.pop(("healthcheck", physical_id), None)


HANDLERS = (
    ResourceHandler(
        "AWS::Route53::HealthCheck",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        tag_property=("HealthCheckTags", "list"),
        note="CreateHealthCheck; nothing is probed",
    ),
)

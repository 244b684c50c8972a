"""Alarms on the state of other alarms."""

from __future__ import annotations

from typing import Any

from ..properties import tag_list, truth
from ..service_call import call_json
from ..tiers import Properties, Provisioned, ResourceHandler, Tier

_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def _put(name: str, properties: Properties) -> Provisioned:
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import cloudwatch

    request: dict[str, Any] = {
        "AlarmName": name,
        "AlarmRule": properties["AlarmRule"],
        "AlarmDescription": properties.get("AlarmDescription", ""),
        "ActionsEnabled": truth(properties.get("ActionsEnabled"), default=True),
        **{action: properties.get(action) or [] for action in _ACTIONS},
    }
    call_json(cloudwatch._put_composite_alarm, {}, request, False, True)
    cloudwatch.cloudformation_set_metric_alarm_tags(name, tag_list(properties))
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services.cloudformation.provisioners import _physical_name

    name = properties.get("AlarmName") or _physical_name(stack_name, logical_id, max_len=255)
    return _put(name, properties)


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    return _put(physical_id, new)


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import cloudwatch

    call_json(cloudwatch._delete_alarms, {}, {"AlarmNames": [physical_id]}, False, True)


HANDLERS = (
    ResourceHandler(
        "AWS::CloudWatch::CompositeAlarm",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset({"AlarmName"}),
        tag_property=("Tags", "list"),
        note="PutCompositeAlarm",
    ),
)

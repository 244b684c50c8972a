"""Flow logs of networks, subnets and interfaces; no traffic is logged."""

from __future__ import annotations

from ..properties import set_ec2_tags
from ..service_call import call_ec2, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _destination(properties: Properties) -> str | None:
    from ministack.core.responses import get_account_id, get_region

    if properties.get("LogDestination"):
        return properties["LogDestination"]
    group = properties.get("LogGroupName")
    return f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}" if group else None


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import ec2

    answer = call_ec2(
        "CreateFlowLogs",
        ResourceId=[properties["ResourceId"]],
        ResourceType=properties["ResourceType"],
        TrafficType=properties.get("TrafficType"),
        LogDestinationType=properties.get("LogDestinationType"),
        LogDestination=_destination(properties),
    )
    flow_log_id = required_text(answer, "flowLogIdSet/item")
    ec2._flow_logs[flow_log_id].update(
        DeliverLogsPermissionArn=properties.get("DeliverLogsPermissionArn"),
        LogGroupName=properties.get("LogGroupName"),
        MaxAggregationInterval=int(properties.get("MaxAggregationInterval", 600)),
    )
    set_ec2_tags(flow_log_id, properties)
    return flow_log_id, {"Id": flow_log_id}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    set_ec2_tags(physical_id, new)
    return physical_id, {"Id": physical_id}


def _delete(physical_id: str, properties: Properties) -> None:
    call_ec2("DeleteFlowLogs", FlowLogId=[physical_id])


HANDLERS = (
    ResourceHandler(
        "AWS::EC2::FlowLog",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset(
            {
                "DeliverCrossAccountRole",
                "DeliverLogsPermissionArn",
                "DestinationOptions",
                "LogDestination",
                "LogDestinationType",
                "LogFormat",
                "LogGroupName",
                "MaxAggregationInterval",
                "ResourceId",
                "ResourceType",
                "TrafficType",
            }
        ),
        tag_property=("Tags", "list"),
        note="CreateFlowLogs; no traffic is logged",
    ),
)

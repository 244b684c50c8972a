"""DynamoDB tables made by a template: expiry, backups, protection, encryption, limits and tags.

A global table (the CDK's TableV2) says half of this for each replica; the one
in the stack's own region counts here.
"""

from __future__ import annotations

from typing import Any

from ..properties import tag_list, truth
from ..service_call import call_json, refuse_error
from .workaround import Workaround, after_create_and_update, wrap_handler

_TABLE = "AWS::DynamoDB::Table"
_GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
_DEFAULT_RECOVERY_DAYS = 35

_recovery_days: dict[str, int] = {}


def _own_replica(properties: dict[str, Any]) -> dict[str, Any]:
    from ministack.core.responses import get_region

    replicas = properties.get("Replicas") or []
    return next((replica for replica in replicas if replica.get("Region") == get_region()), {})


def _expire(name: str, properties: dict[str, Any]) -> None:
    from ministack.services import dynamodb

    wanted = properties.get("TimeToLiveSpecification")
    if wanted:
        specification = {
            "AttributeName": wanted.get("AttributeName"),
            "Enabled": truth(wanted.get("Enabled")),
        }
        request = {"TableName": name, "TimeToLiveSpecification": specification}
        refuse_error(dynamodb._update_ttl(request))
    else:
        dynamodb._ttl_settings.pop(name, None)


def _back_up(name: str, arn: str, settings: dict[str, Any]) -> None:
    from ministack.services import dynamodb

    wanted = settings.get("PointInTimeRecoverySpecification") or {}
    enabled = truth(wanted.get("PointInTimeRecoveryEnabled"))
    specification = {"PointInTimeRecoveryEnabled": enabled}
    refuse_error(
        dynamodb._update_continuous_backups(
            {"TableName": name, "PointInTimeRecoverySpecification": specification}
        )
    )
    _recovery_days[arn] = int(wanted.get("RecoveryPeriodInDays", _DEFAULT_RECOVERY_DAYS))


def _encryption(settings: dict[str, Any]) -> dict[str, Any] | None:
    from ministack.services import dynamodb

    wanted = settings.get("SSESpecification")
    if not wanted:
        return None
    described: dict[str, Any] | None = dynamodb._sse_description_from_spec(
        {
            "Enabled": truth(wanted.get("SSEEnabled")),
            "SSEType": wanted.get("SSEType", "KMS"),
            "KMSMasterKeyId": wanted.get("KMSMasterKeyId"),
        }
    )
    return described


def _limits(properties: dict[str, Any], replica: dict[str, Any]) -> dict[str, int] | None:
    given = {
        **(properties.get("OnDemandThroughput") or {}),
        **(properties.get("WriteOnDemandThroughputSettings") or {}),
        **(replica.get("ReadOnDemandThroughputSettings") or {}),
    }
    names = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
    return {name: int(given.get(name, -1)) for name in names} if given else None


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import dynamodb

    table = dynamodb._tables[name]
    replica = _own_replica(properties)
    settings = {**properties, **replica}
    encryption = {
        **(properties.get("SSESpecification") or {}),
        **(replica.get("SSESpecification") or {}),
    }
    _expire(name, properties)
    _back_up(name, table["TableArn"], settings)
    table["DeletionProtectionEnabled"] = truth(settings.get("DeletionProtectionEnabled"))
    table["SSEDescription"] = _encryption({"SSESpecification": encryption})
    table["OnDemandThroughput"] = _limits(properties, replica)
    if replica:
        dynamodb._tags[table["TableArn"]] = tag_list(replica)


def _around_global_update(update: Any) -> Any:
    """Under its name, without which each update makes a new and empty table."""

    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        return update(physical_id, old, {"TableName": physical_id, **new}, *rest)

    return updated


def _around_delete(delete: Any) -> Any:
    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        from ministack.services import dynamodb

        if physical_id in dynamodb._tables:
            refuse_error(dynamodb._delete_table({"TableName": physical_id}))

    return deleted


def _apply() -> None:
    from ministack.core.responses import json_response
    from ministack.services import dynamodb

    describe = dynamodb._describe_continuous_backups

    def described(data: dict[str, Any]) -> Any:
        answer = call_json(describe, data)
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        table = dynamodb._tables[dynamodb._normalize_table_name(data["TableName"])]
        if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
            days = _recovery_days.get(table["TableArn"], _DEFAULT_RECOVERY_DAYS)
            recovery["RecoveryPeriodInDays"] = days
        return json_response(answer)

    def describe_safely(data: dict[str, Any]) -> Any:
        answer = describe(data)
        return answer if answer[0] >= 400 else described(data)

    dynamodb._describe_continuous_backups = describe_safely
    wrap_handler(_GLOBAL_TABLE, "update", _around_global_update)
    for resource_type in (_TABLE, _GLOBAL_TABLE):
        after_create_and_update(resource_type, _complete)
        wrap_handler(resource_type, "delete", _around_delete)


WORKAROUND = Workaround(
    "table-details",
    "DynamoDB tables of a template have no expiry, backups, encryption and limits, global ones no "
    "protection and tags either; a protected table is deleted, a global one emptied by updates",
    _apply,
    (_TABLE, _GLOBAL_TABLE),
)

"""Probes of tables."""

from __future__ import annotations

from typing import Any

from .emulator import REGION, Emulator, Probe, Resources, refused

_KEY: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": "day", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def _table(**replica: Any) -> Resources:
    return {
        "Table": {
            "Type": "AWS::DynamoDB::GlobalTable",
            "Properties": {
                **_KEY,
                "TimeToLiveSpecification": {"AttributeName": "gone", "Enabled": True},
                "Replicas": [{"Region": REGION, **replica}],
            },
        }
    }


def _table_details(emulator: Emulator) -> bool:
    outputs = {"Table": {"Ref": "Table"}}
    stack = emulator.create(_table(), outputs)
    updated = emulator.update(stack, _table(DeletionProtectionEnabled=True), outputs)
    name = updated.outputs["Table"]
    tables = emulator.client("dynamodb")
    expiry = tables.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    return (
        name != stack.outputs["Table"]
        or expiry["TimeToLiveStatus"] != "ENABLED"
        or emulator.delete(updated).status != "DELETE_FAILED"
    )


def _reserved_words(emulator: Emulator) -> bool:
    tables = emulator.client("dynamodb")
    tables.create_table(TableName="reserved-words-probe", **_KEY)
    return not refused(
        tables.query,
        TableName="reserved-words-probe",
        KeyConditionExpression="day = :day",
        ExpressionAttributeValues={":day": {"S": "2026-01-01"}},
    )


PROBES: dict[str, Probe] = {
    "reserved-words": _reserved_words,
    "table-details": _table_details,
}

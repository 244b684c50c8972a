"""Probes of functions that are called without anybody waiting, and of schedules."""

from __future__ import annotations

import json
from typing import Any

from .emulator import ROLE, Emulator, Probe, archive
from .networks import subnet

_FAILING = "exports.handler = async () => { throw new Error('probe'); };"
_WAIT_SECONDS = 3
_ROLE_ARN = "arn:aws:iam::000000000000:role/probe"


def _failing_function(emulator: Emulator, name: str) -> tuple[str, str]:
    """A function that fails, without another try, and its dead-letter queue: ARN and URL."""
    queues = emulator.client("sqs")
    url = queues.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
    attributes = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    client = emulator.client("lambda")
    function = client.create_function(
        FunctionName=name,
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role=_ROLE_ARN,
        Code={"ZipFile": archive(**{"index.js": _FAILING})},
        DeadLetterConfig={"TargetArn": attributes["Attributes"]["QueueArn"]},
    )
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    return function["FunctionArn"], url


def _dead_letter(emulator: Emulator, url: str) -> dict[str, Any] | None:
    answer = emulator.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=_WAIT_SECONDS)
    messages = answer.get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


def _dead_letters(emulator: Emulator) -> bool:
    arn, url = _failing_function(emulator, "dead-letters-probe")
    emulator.client("lambda").invoke(
        FunctionName=arn, InvocationType="Event", Payload=json.dumps({"probe": "yes"})
    )
    return _dead_letter(emulator, url) != {"probe": "yes"}


def _event_retries(emulator: Emulator) -> bool:
    arn, url = _failing_function(emulator, "event-retries-probe")
    events = emulator.client("events")
    events.put_rule(Name="probe", EventPattern=json.dumps({"source": ["probe"]}))
    events.put_targets(Rule="probe", Targets=[{"Id": "function", "Arn": arn}])
    events.put_events(Entries=[{"Source": "probe", "DetailType": "Probe", "Detail": "{}"}])
    return _dead_letter(emulator, url) is None


def _function_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        {
            "Role": ROLE,
            "Queue": {"Type": "AWS::SQS::Queue"},
            **subnet(),
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "nodejs24.x",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": _FAILING},
                    "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
                    "ReservedConcurrentExecutions": 3,
                    "VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": []},
                },
            },
        },
        {"Function": {"Ref": "Function"}},
    )
    found = emulator.client("lambda").get_function(FunctionName=stack.outputs["Function"])
    reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    configuration = found["Configuration"]
    subnets = configuration.get("VpcConfig", {}).get("SubnetIds", [])
    return reserved != 3 or "DeadLetterConfig" not in configuration or len(subnets) != 1


def _schedule_details(emulator: Emulator) -> bool:
    schedule = {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "ScheduleExpression": "cron(0 3 * * ? *)",
            "ScheduleExpressionTimezone": "Asia/Tokyo",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:probe", "RoleArn": _ROLE_ARN},
        },
    }
    stack = emulator.create({"Schedule": schedule}, {"Schedule": {"Ref": "Schedule"}})
    found = emulator.client("scheduler").get_schedule(Name=stack.outputs["Schedule"])
    return bool(found["ScheduleExpressionTimezone"] != "Asia/Tokyo")


PROBES: dict[str, Probe] = {
    "dead-letters": _dead_letters,
    "event-retries": _event_retries,
    "function-details": _function_details,
    "schedule-details": _schedule_details,
}

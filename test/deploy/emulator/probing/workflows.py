"""Probes of state machines and of what they call."""

from __future__ import annotations

import json
import time
from typing import Any

from .emulator import ROLE, Emulator, Probe, archive

_ROLE_ARN = "arn:aws:iam::000000000000:role/probe"
_PATIENCE_SECONDS = 10


def _machine(emulator: Emulator, name: str, resource: str, parameters: dict[str, Any]) -> str:
    """A state machine of one task; its ARN."""
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    return _machine_of(emulator, name, {"Task": state})


def _machine_of(emulator: Emulator, name: str, states: dict[str, Any]) -> str:
    """A state machine that begins with the first state; its ARN."""
    answer = emulator.client("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        roleArn=_ROLE_ARN,
    )
    return str(answer["stateMachineArn"])


def _ended(emulator: Emulator, machine: str) -> dict[str, Any]:
    """An execution, when it has ended."""
    client = emulator.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        found: dict[str, Any] = client.describe_execution(executionArn=arn)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{arn} still runs")


def _sdk_integrations(emulator: Emulator) -> bool:
    listing = _machine(
        emulator,
        "probe-groups",
        "arn:aws:states:::aws-sdk:autoscaling:describeAutoScalingGroups",
        {"AutoScalingGroupNames": ["probe-no-such-group"]},
    )
    missing = _machine(
        emulator,
        "probe-parameter",
        "arn:aws:states:::aws-sdk:ssm:getParameter",
        {"Name": "/probe/no/such/parameter"},
    )
    misspelt = _machine(
        emulator,
        "probe-misspelt",
        "arn:aws:states:::aws-sdk:rds:describeDBInstances",
        {"DBInstanceIdentifier": "probe"},
    )
    databases = _machine(
        emulator,
        "probe-databases",
        "arn:aws:states:::aws-sdk:rds:describeDBInstances",
        {"DbInstanceIdentifier": "probe-no-such-database"},
    )
    found = _ended(emulator, listing)
    return (
        json.loads(found.get("output", "{}")) != {"AutoScalingGroups": []}
        or _ended(emulator, missing).get("error") != "Ssm.ParameterNotFoundException"
        or _ended(emulator, misspelt).get("error") != "States.Runtime"
        or _ended(emulator, databases).get("error") != "Rds.DbInstanceNotFoundException"
    )


def _failing_function(emulator: Emulator, name: str) -> str:
    code = (
        "exports.handler = async () => { const error = new Error('a'); "
        "error.name = 'ProbeFailed'; throw error; };"
    )
    answer = emulator.client("lambda").create_function(
        FunctionName=name,
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role=_ROLE_ARN,
        Code={"ZipFile": archive(**{"index.js": code})},
    )
    return str(answer["FunctionArn"])


def _function_errors(emulator: Emulator) -> bool:
    function = _failing_function(emulator, "probe-error")
    machine = _machine(
        emulator, "probe-error", "arn:aws:states:::lambda:invoke", {"FunctionName": function}
    )
    return _ended(emulator, machine).get("error") != "ProbeFailed"


def _nested_executions(emulator: Emulator) -> bool:
    function = _failing_function(emulator, "probe-inner")
    inner = _machine(
        emulator, "probe-inner", "arn:aws:states:::lambda:invoke", {"FunctionName": function}
    )
    outer = _machine(
        emulator,
        "probe-outer",
        "arn:aws:states:::states:startExecution.sync:2",
        {"StateMachineArn": inner, "Input": {"a": 1}},
    )
    error = _ended(emulator, outer).get("error")
    listed = emulator.client("stepfunctions").list_executions(stateMachineArn=inner)["executions"]
    return error != "States.TaskFailed" or len(listed) != 1


def _missing_paths(emulator: Emulator) -> bool:
    """One is looked for by a choice, in vain; one ends the execution, whatever catches errors."""
    wrong = {"Type": "Pass", "End": True}
    rules = [
        {"Variable": "$.missing", "IsPresent": True, "Next": "Wrong"},
        {
            "Variable": "$$.State.EnteredTime",
            "TimestampGreaterThanEqualsPath": "$$.Execution.StartTime",
            "Next": "Task",
        },
    ]
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:autoscaling:describeAutoScalingGroups",
        "Parameters": {},
        "ResultSelector": {"first.$": "$.Missing[0]"},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Wrong"}],
        "End": True,
    }
    look = {"Type": "Choice", "Choices": rules, "Default": "Wrong"}
    states = {"Look": look, "Task": task, "Wrong": wrong}
    found = _ended(emulator, _machine_of(emulator, "probe-paths", states))
    return found.get("error") != "States.Runtime"


def _state_machine_details(emulator: Emulator) -> bool:
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    group = {"LogGroupArn": {"Fn::GetAtt": ["Log", "Arn"]}}
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "DefinitionString": json.dumps(definition),
            "LoggingConfiguration": {
                "Level": "ALL",
                "IncludeExecutionData": True,
                "Destinations": [{"CloudWatchLogsLogGroup": group}],
            },
            "TracingConfiguration": {"Enabled": True},
        },
    }
    resources = {"Role": ROLE, "Log": {"Type": "AWS::Logs::LogGroup"}, "Machine": machine}
    stack = emulator.create(resources, {"Machine": {"Ref": "Machine"}})
    found = emulator.client("stepfunctions").describe_state_machine(
        stateMachineArn=stack.outputs["Machine"]
    )
    logging, tracing = found.get("loggingConfiguration", {}), found.get("tracingConfiguration", {})
    return logging.get("level") != "ALL" or tracing.get("enabled") is not True


PROBES: dict[str, Probe] = {
    "function-errors": _function_errors,
    "missing-paths": _missing_paths,
    "nested-executions": _nested_executions,
    "sdk-integrations": _sdk_integrations,
    "state-machine-details": _state_machine_details,
}

"""Probes of functions and of the custom resources that they answer."""

from __future__ import annotations

import json
from typing import Any

from .emulator import Emulator, Probe, archive, custom_resource


def _told(emulator: Emulator, expression: str) -> str:
    """What a function computes from an expression."""
    stack = emulator.create(
        custom_resource(f"await answer(event, {{ told: String({expression}) }});"),
        {"Told": {"Fn::GetAtt": ["Custom", "told"]}},
    )
    return stack.outputs["Told"]


def _clean_environment(emulator: Emulator) -> bool:
    return _told(emulator, "process.env.AWS_ENDPOINT_URL") != emulator.url


def _node_path(emulator: Emulator) -> bool:
    command = "require('@aws-sdk/client-lambda').GetFunctionCommand"
    return _told(emulator, f"typeof {command}") == "undefined"


def _custom_resource_failure(emulator: Emulator) -> bool:
    stack = emulator.create(custom_resource("throw new Error('probe');", ServiceTimeout="2"))
    events = emulator.client("cloudformation").describe_stack_events(StackName=stack.name)
    reasons = [event.get("ResourceStatusReason", "") for event in events["StackEvents"]]
    return any("timed out" in reason for reason in reasons)


def _function_logs(emulator: Emulator) -> bool:
    """The role of the function has no right to write logs."""
    stack = emulator.create(
        custom_resource("await answer(event, {});"), {"Function": {"Ref": "Function"}}
    )
    group = f"/aws/lambda/{stack.outputs['Function']}"
    answer = emulator.client("logs").describe_log_groups(logGroupNamePrefix=group)
    return bool(answer["logGroups"])


def _layer_paths(emulator: Emulator) -> bool:
    client = emulator.client("lambda")
    layer = client.publish_layer_version(
        LayerName="probe", Content={"ZipFile": archive(**{"probe/file": "from the layer"})}
    )
    code = "exports.handler = async () => require('fs').readFileSync('/opt/probe/file', 'utf8');"
    client.create_function(
        FunctionName="layer-probe",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": archive(**{"index.js": code})},
        Layers=[layer["LayerVersionArn"]],
    )
    answer: Any = json.loads(client.invoke(FunctionName="layer-probe")["Payload"].read())
    return answer != "from the layer"


def _module_clients(emulator: Emulator) -> bool:
    client = emulator.client("lambda")
    code = (
        "import { S3Client } from '@aws-sdk/client-s3';"
        "import { createRequire } from 'node:module';"
        "const found = (name) => {"
        " try { return createRequire(import.meta.url).resolve(name); } catch { return 'none'; } };"
        "export const handler = async () => [typeof S3Client, found('constructs')];"
    )
    client.create_function(
        FunctionName="module-probe",
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": archive(**{"index.mjs": code})},
    )
    answer: Any = json.loads(client.invoke(FunctionName="module-probe")["Payload"].read())
    return answer != ["function", "none"]


def _function_environment(emulator: Emulator) -> bool:
    return _told(emulator, "process.env.AWS_EXECUTION_ENV") == "undefined"


PROBES: dict[str, Probe] = {
    "clean-environment": _clean_environment,
    "custom-resource-failure": _custom_resource_failure,
    "function-environment": _function_environment,
    "function-logs": _function_logs,
    "layer-paths": _layer_paths,
    "module-clients": _module_clients,
    "node-path": _node_path,
}

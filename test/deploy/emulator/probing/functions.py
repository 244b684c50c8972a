"""Probes of functions and of the custom resources that they answer."""

from __future__ import annotations

import io
import json
import urllib.request
import zipfile
from typing import Any

from .emulator import ROLE, Emulator, Probe, Resources, custom_resource


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


def _custom_resource_address(emulator: Emulator) -> bool:
    return _told(emulator, "new URL(event.ResponseURL).hostname") != "127.0.0.1"


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


def _archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_js", ".js"), content)
    return packed.getvalue()


def _layer_paths(emulator: Emulator) -> bool:
    client = emulator.client("lambda")
    layer = client.publish_layer_version(
        LayerName="probe", Content={"ZipFile": _archive(probe__file="from the layer")}
    )
    code = "exports.handler = async () => require('fs').readFileSync('/opt/probe/file', 'utf8');"
    client.create_function(
        FunctionName="layer-probe",
        Runtime="nodejs22.x",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": _archive(index_js=code)},
        Layers=[layer["LayerVersionArn"]],
    )
    answer: Any = json.loads(client.invoke(FunctionName="layer-probe")["Payload"].read())
    return answer != "from the layer"


def _module_clients(emulator: Emulator) -> bool:
    client = emulator.client("lambda")
    code = (
        "import { S3Client } from '@aws-sdk/client-s3';"
        "export const handler = async () => typeof S3Client;"
    )
    client.create_function(
        FunctionName="module-probe",
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": _archive(**{"index.mjs": code})},
    )
    answer: Any = json.loads(client.invoke(FunctionName="module-probe")["Payload"].read())
    return answer != "function"


def _http_api(payload_format: str) -> Resources:
    function_arn = {"Fn::GetAtt": ["Function", "Arn"]}
    return {
        "Role": ROLE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "nodejs24.x",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {
                    "ZipFile": "exports.handler = async ({ version }) => "
                    "({ statusCode: 200, body: version });"
                },
            },
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "probe", "ProtocolType": "HTTP"},
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": function_arn,
                "PayloadFormatVersion": payload_format,
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "$default",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
    }


def _payload_format(emulator: Emulator) -> bool:
    stack = emulator.create(_http_api("1.0"), {"Api": {"Ref": "Api"}})
    if not stack.created:
        return False
    address = f"{emulator.url}/_aws/execute-api/{stack.outputs['Api']}/$default/"
    with urllib.request.urlopen(address) as answer:
        return bool(answer.read() != b"1.0")


PROBES: dict[str, Probe] = {
    "clean-environment": _clean_environment,
    "custom-resource-address": _custom_resource_address,
    "custom-resource-failure": _custom_resource_failure,
    "function-logs": _function_logs,
    "layer-paths": _layer_paths,
    "module-clients": _module_clients,
    "node-path": _node_path,
    "payload-format": _payload_format,
}

"""Probes of APIs, and of user pools, whose tokens they check."""

from __future__ import annotations

import json
import urllib.request

from .emulator import ROLE, Emulator, Probe, Resources

_GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:probe"


def http_api(told: str, stage: str, payload_format: str = "2.0") -> Resources:
    """An HTTP API that answers what an expression says of the event."""
    return {
        "Role": ROLE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "nodejs24.x",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {
                    "ZipFile": "exports.handler = async (event) => "
                    f"({{ statusCode: 200, body: event.{told} }});"
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
                "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
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
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "StageName": stage,
                "AutoDeploy": True,
                "DefaultRouteSettings": {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 1},
            },
        },
    }


def _answer(emulator: Emulator, api: str, stage: str) -> bytes:
    address = f"{emulator.url}/_aws/execute-api/{api}/{stage}/here"
    with urllib.request.urlopen(address) as answer:
        return bytes(answer.read())


def _payload_format(emulator: Emulator) -> bool:
    stack = emulator.create(http_api("version", "$default", "1.0"), {"Api": {"Ref": "Api"}})
    return stack.created and _answer(emulator, stack.outputs["Api"], "$default") != b"1.0"


def _http_api_paths(emulator: Emulator) -> bool:
    stack = emulator.create(http_api("rawPath", "dev"), {"Api": {"Ref": "Api"}})
    return _answer(emulator, stack.outputs["Api"], "dev") != b"/dev/here"


def _http_api_details(emulator: Emulator) -> bool:
    stack = emulator.create(http_api("rawPath", "dev"), {"Api": {"Ref": "Api"}})
    stages = emulator.client("apigatewayv2")
    stage = stages.get_stage(ApiId=stack.outputs["Api"], StageName="dev")
    return "ThrottlingRateLimit" not in stage["DefaultRouteSettings"]


def rest_api() -> Resources:
    """A REST API that answers by itself what has a title."""
    of_api = {"RestApiId": {"Ref": "Api"}}
    schema = {"type": "object", "required": ["title"]}
    return {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "probe"}},
        "Model": {
            "Type": "AWS::ApiGateway::Model",
            "Properties": {**of_api, "ContentType": "application/json", "Schema": schema},
        },
        "Validator": {
            "Type": "AWS::ApiGateway::RequestValidator",
            "Properties": {**of_api, "ValidateRequestBody": True},
        },
        "Method": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                **of_api,
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "POST",
                "AuthorizationType": "NONE",
                "RequestValidatorId": {"Ref": "Validator"},
                "RequestModels": {"application/json": {"Ref": "Model"}},
                "Integration": {
                    "Type": "MOCK",
                    "RequestTemplates": {"application/json": json.dumps({"statusCode": 200})},
                    "IntegrationResponses": [{"StatusCode": "200"}],
                },
                "MethodResponses": [{"StatusCode": "200"}],
            },
        },
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "Method",
            "Properties": of_api,
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                **of_api,
                "StageName": "dev",
                "DeploymentId": {"Ref": "Deployment"},
                "AccessLogSetting": {"DestinationArn": _GROUP, "Format": "$context.requestId"},
            },
        },
    }


def _rest_api_details(emulator: Emulator) -> bool:
    api = emulator.create(rest_api(), {"Api": {"Ref": "Api"}}).outputs["Api"]
    stage = emulator.client("apigateway").get_stage(restApiId=api, stageName="dev")
    headers = {"Content-Type": "application/json"}
    path = f"/_aws/execute-api/{api}/dev/"
    status = emulator.status_of(path, "POST", json.dumps({"text": "a"}), headers)
    return status != 400 or not stage.get("accessLogSettings")


def _validated_types(emulator: Emulator) -> bool:
    # By calls: a template's validators have a fault of their own.
    client = emulator.client("apigateway")
    api = client.create_rest_api(name="probe")
    of_api = {"restApiId": api["id"]}
    client.create_model(**of_api, name="Model", contentType="application/json", schema="{}")
    validator = client.create_request_validator(**of_api, name="probe", validateRequestBody=True)
    method = {**of_api, "resourceId": api["rootResourceId"], "httpMethod": "POST"}
    client.put_method(
        **method,
        authorizationType="NONE",
        requestValidatorId=validator["id"],
        requestModels={"application/json": "Model"},
    )
    client.put_integration(
        **method, type="MOCK", requestTemplates={"text/plain": json.dumps({"statusCode": 200})}
    )
    client.put_method_response(**method, statusCode="200")
    client.put_integration_response(**method, statusCode="200")
    client.create_deployment(**of_api, stageName="dev")
    headers = {"Content-Type": "text/plain"}
    path = f"/_aws/execute-api/{api['id']}/dev/"
    return emulator.status_of(path, "POST", "no JSON", headers) != 200


def _user_pool_attributes(emulator: Emulator) -> bool:
    pool = {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}}}
    stack = emulator.create(pool, {"Issuer": {"Fn::GetAtt": ["Pool", "ProviderURL"]}})
    return not stack.created


PROBES: dict[str, Probe] = {
    "http-api-details": _http_api_details,
    "http-api-paths": _http_api_paths,
    "payload-format": _payload_format,
    "rest-api-details": _rest_api_details,
    "user-pool-attributes": _user_pool_attributes,
    "validated-types": _validated_types,
}

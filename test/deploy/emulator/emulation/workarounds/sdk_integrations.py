"""AWS SDK integrations of Step Functions, for the services that a workflow of ours calls.

The emulator knows some services only, and for the others it guesses names and
types. Here the SDK for Python asks the emulator over HTTP as a client would,
by the service's model: an unknown parameter fails, and an error has the name
that it has on AWS.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ..environment import LOOPBACK
from ..java_names import java_exception, java_name
from .workaround import Workaround

# Their names in a state machine, with the SDK's for Python and the prefix of their errors.
# https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
_SERVICES = {
    "autoscaling": ("autoscaling", "AutoScaling"),
    "backup": ("backup", "Backup"),
    "cloudformation": ("cloudformation", "CloudFormation"),
    "cloudwatch": ("cloudwatch", "CloudWatch"),
    "rds": ("rds", "Rds"),
    "route53": ("route-53", "Route53"),
    "sfn": ("stepfunctions", "Sfn"),
    "ssm": ("ssm", "Ssm"),
}
_PREFIX = "arn:aws:states:::aws-sdk:"


@cache
def _client(service: str, region: str, account: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        service.replace("-", ""),
        endpoint_url=f"http://{LOOPBACK}:{os.environ['GATEWAY_PORT']}",
        region_name=region,
        # The emulator takes an account's number for the key.
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def _request(value: Any, shape: Any, path: str = "") -> Any:
    """Parameters with the names of the service's model; a field that it lacks is refused."""
    from ministack.services.stepfunctions import _ExecutionError

    if shape.type_name == "structure" and isinstance(value, dict):
        members = {java_name(name): name for name in shape.members}
        unknown = sorted(set(value) - set(members))
        if unknown:
            raise _ExecutionError(
                "States.Runtime",
                f"The field {path + unknown[0]!r} is not supported by Step Functions",
            )
        return {
            members[name]: _request(item, shape.members[members[name]], f"{path}{name}.")
            for name, item in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_request(item, shape.member, path) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {name: _request(item, shape.value, path) for name, item in value.items()}
    return value


def _answer(value: Any, shape: Any) -> Any:
    """An answer with the names of the SDK for Java, in JSON's types."""
    if shape.type_name == "structure":
        return {
            java_name(name): _answer(value[name], member)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [_answer(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {name: _answer(item, shape.value) for name, item in value.items()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.decode() if isinstance(value, bytes) else value


def _error_name(prefix: str, model: Any, code: str) -> str:
    """What `ErrorEquals` has to name; an error that the model lacks has the service's name."""
    for shape in model.error_shapes:
        if code in (shape.error_code, shape.name):
            return f"{prefix}.{java_exception(shape.name)}"
    return f"{prefix}.{prefix}Exception"


def call_service(service: str, action: str, parameters: Any) -> Any:
    """One action of a service, with the names of a state machine."""
    from botocore import xform_name
    from botocore.exceptions import ClientError, ParamValidationError
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.stepfunctions import _ExecutionError

    name, prefix = _SERVICES[service]
    client = _client(name, get_region(), get_account_id())
    model = client.meta.service_model
    operation_name = action[0].upper() + action[1:]
    if operation_name not in model.operation_names:
        raise _ExecutionError("States.Runtime", f"{service} has no action {action}")
    operation = model.operation_model(operation_name)
    request = _request(parameters or {}, operation.input_shape) if operation.input_shape else {}
    try:
        answer = getattr(client, xform_name(operation_name))(**request)
    except ParamValidationError as error:
        raise _ExecutionError("States.Runtime", str(error)) from None
    except ClientError as error:
        detail = error.response["Error"]
        name_of_error = _error_name(prefix, model, detail.get("Code", ""))
        raise _ExecutionError(name_of_error, detail.get("Message", "")) from None
    return _answer(answer, operation.output_shape) if operation.output_shape else {}


def _apply() -> None:
    from ministack.services import stepfunctions

    invoke = stepfunctions._invoke_aws_sdk_integration

    def invoked(resource: str, parameters: Any) -> Any:
        service, _, action = resource.removeprefix(_PREFIX).partition(":")
        if not resource.startswith(_PREFIX) or service not in _SERVICES:
            return invoke(resource, parameters)
        return call_service(service, action, parameters)

    stepfunctions._invoke_aws_sdk_integration = invoked


WORKAROUND = Workaround(
    "sdk-integrations",
    "a state machine can't call some services, and errors have other names than on AWS",
    _apply,
    ("AWS::StepFunctions::StateMachine",),
)

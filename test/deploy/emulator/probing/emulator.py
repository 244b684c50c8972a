"""A running emulator, as the probes use it: clients, and stacks from templates."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

Resources = dict[str, Any]

REGION = "us-east-1"
_PATIENCE_SECONDS = 30

ROLE: Resources = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                }
            ],
        }
    },
}


def custom_resource(code: str, **properties: Any) -> Resources:
    """The resources of a custom resource that runs some lines of JavaScript.

    The lines see `event` and `answer(data)`.
    """
    source = (
        "const answer = (event, data) => fetch(event.ResponseURL, { method: 'PUT', body: "
        "JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'probe', Data: data }) });\n"
        f"exports.handler = async (event) => {{ {code} }};"
    )
    return {
        "Role": ROLE,
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "nodejs22.x",
                "Handler": "index.handler",
                "Timeout": 60,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": source},
            },
        },
        "Custom": {
            "Type": "Custom::Probe",
            "Properties": {
                "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                **properties,
            },
        },
    }


def archive(**files: str) -> bytes:
    """A zip archive of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return packed.getvalue()


def template_of(resources: Resources, outputs: dict[str, Any] | None = None) -> str:
    """A template in JSON."""
    template = {
        "Resources": resources,
        "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()},
    }
    return json.dumps(template)


@dataclass(frozen=True)
class Stack:
    """A stack, and what became of it."""

    name: str
    status: str
    outputs: dict[str, str]

    @property
    def created(self) -> bool:
        """Whether its creation succeeded."""
        return self.status == "CREATE_COMPLETE"


class Emulator:
    """The emulator at an address."""

    def __init__(self, url: str, process_id: int, region: str = REGION) -> None:
        self.url = url
        self.process_id = process_id
        self.region = region

    def elsewhere(self, region: str) -> Emulator:
        """The same emulator, asked in another region."""
        return Emulator(self.url, self.process_id, region)

    def client(self, service: str) -> Any:
        """An SDK client that tries once."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def status_of(
        self,
        path: str,
        method: str = "GET",
        body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> int:
        """The status that a plain request is answered with."""
        data = None if body is None else body.encode()
        request = urllib.request.Request(self.url + path, data, headers or {}, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)

    def start(self, resources: Resources, outputs: dict[str, Any] | None = None) -> str:
        """Begin to create a stack; its name."""
        name = f"probe-{uuid.uuid4().hex[:8]}"
        self.client("cloudformation").create_stack(
            StackName=name,
            TemplateBody=template_of(resources, outputs),
            Capabilities=["CAPABILITY_IAM"],
        )
        return name

    def settle(self, name: str) -> Stack:
        """Wait until the stack does not change any more."""
        client = self.client("cloudformation")
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            found = client.describe_stacks(StackName=name)["Stacks"][0]
            if not found["StackStatus"].endswith("_IN_PROGRESS"):
                outputs = {
                    output["OutputKey"]: output["OutputValue"]
                    for output in found.get("Outputs", [])
                }
                return Stack(found["StackId"], found["StackStatus"], outputs)
            time.sleep(0.05)
        raise TimeoutError(f"{name} is still {found['StackStatus']}")

    def create(self, resources: Resources, outputs: dict[str, Any] | None = None) -> Stack:
        """Create a stack."""
        return self.settle(self.start(resources, outputs))

    def update(
        self, stack: Stack, resources: Resources, outputs: dict[str, Any] | None = None
    ) -> Stack:
        """Change a stack."""
        self.client("cloudformation").update_stack(
            StackName=stack.name,
            TemplateBody=template_of(resources, outputs),
            Capabilities=["CAPABILITY_IAM"],
        )
        return self.settle(stack.name)

    def delete(self, stack: Stack) -> Stack:
        """Delete a stack."""
        self.client("cloudformation").delete_stack(StackName=stack.name)
        return self.settle(stack.name)


def refused(call: Callable[..., Any], **parameters: Any) -> bool:
    """Whether a call is answered with an error."""
    try:
        call(**parameters)
    except ClientError:
        return True
    return False


# Tells whether the fault shows.
Probe = Callable[[Emulator], bool]

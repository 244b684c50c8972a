"""Probes of stacks in motion, and of the emulator's end."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from .emulator import REGION, ROLE, Emulator, Probe, custom_resource, refused, template_of
from .networks import subnet

_SLOWLY = "await new Promise((resume) => setTimeout(resume, 1500)); await answer(event, {});"
_NEVER = "await new Promise((resume) => setTimeout(resume, 30000));"
_PROMPT_SECONDS = 3


def _until_custom_resource_runs(emulator: Emulator, name: str) -> None:
    client = emulator.client("cloudformation")
    while True:
        events = client.describe_stack_events(StackName=name)["StackEvents"]
        if any(event["LogicalResourceId"] == "Custom" for event in events):
            return
        time.sleep(0.05)


def _busy_stacks(emulator: Emulator) -> bool:
    name = emulator.start(custom_resource(_SLOWLY))
    _until_custom_resource_runs(emulator, name)
    accepted = not refused(
        emulator.client("cloudformation").create_change_set,
        StackName=name,
        ChangeSetName="second",
        ChangeSetType="UPDATE",
        TemplateBody=json.dumps({"Resources": {"Role": ROLE}}),
        Capabilities=["CAPABILITY_IAM"],
    )
    emulator.settle(name)
    return accepted


def _output_changes(emulator: Emulator) -> bool:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    stack = emulator.create(topic)
    client = emulator.client("cloudformation")
    change_set = client.create_change_set(
        StackName=stack.name,
        ChangeSetName="outputs",
        TemplateBody=template_of(topic, {"Topic": {"Ref": "Topic"}}),
    )
    found = client.describe_change_set(ChangeSetName=change_set["Id"])
    return bool(found["Status"] == "FAILED")


def _outputs_of_other_regions(emulator: Emulator) -> bool:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    written = emulator.create(topic, {"Topic": {"Ref": "Topic"}})
    reference = {
        "Fn::GetStackOutput": {
            "StackName": written.name.split("/")[1],
            "Region": REGION,
            "OutputName": "Topic",
        }
    }
    return not emulator.elsewhere("eu-west-1").create(topic, {"Read": reference}).created


def _deleted_resources(emulator: Emulator) -> bool:
    stack = emulator.create(subnet(), {"Subnet": {"Ref": "Subnet"}})
    emulator.client("ec2").delete_subnet(SubnetId=stack.outputs["Subnet"])
    client = emulator.client("cloudformation")
    client.detect_stack_drift(StackName=stack.name)
    drifts = client.describe_stack_resource_drifts(StackName=stack.name)["StackResourceDrifts"]
    statuses = {drift["LogicalResourceId"]: drift["StackResourceDriftStatus"] for drift in drifts}
    return statuses.get("Subnet") != "DELETED"


def _has_ended(process_id: int) -> bool:
    try:
        ended, _status = os.waitpid(process_id, os.WNOHANG)
    except ChildProcessError:
        return True
    return ended == process_id


def _prompt_stop(emulator: Emulator) -> bool:
    """Ends the emulator, so this has to be the last probe."""
    name = emulator.start(custom_resource(_NEVER))
    _until_custom_resource_runs(emulator, name)
    os.kill(emulator.process_id, signal.SIGTERM)
    end = time.monotonic() + _PROMPT_SECONDS
    while time.monotonic() < end:
        if _has_ended(emulator.process_id):
            return False
        time.sleep(0.05)
    return True


def _nested_attributes(emulator: Emulator) -> bool:
    """What stays is asked for its attribute by what changes."""
    stays = {"Type": "AWS::SQS::Queue"}
    changes = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {
            "Type": "String",
            "Description": {"Ref": "Text"},
            "Value": {"Fn::GetAtt": ["Stays", "Arn"]},
        },
    }
    template = {
        "Parameters": {"Text": {"Type": "String"}},
        "Resources": {"Stays": stays, "Changes": changes},
    }
    storage = emulator.client("s3")
    storage.create_bucket(Bucket="probe-nested")
    storage.put_object(Bucket="probe-nested", Key="template.json", Body=json.dumps(template))

    def around(text: str) -> dict[str, Any]:
        properties = {
            "TemplateURL": f"{storage.meta.endpoint_url}/probe-nested/template.json",
            "Parameters": {"Text": text},
        }
        return {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}

    stack = emulator.create(around("before"))
    updated = emulator.update(stack, around("after"))
    return not (stack.created and updated.status == "UPDATE_COMPLETE")


PROBES: dict[str, Probe] = {
    "busy-stacks": _busy_stacks,
    "deleted-resources": _deleted_resources,
    "nested-attributes": _nested_attributes,
    "output-changes": _output_changes,
    "outputs-of-other-regions": _outputs_of_other_regions,
    "prompt-stop": _prompt_stop,
}

"""What the emulator leaves out when it is asked about an instance.

DescribeInstances has no metadata options, no network interface and no
optimisation; DescribeInstanceAttribute answers constants and no user data.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ..backed.ec2_interface import primary_interface
from ..service_call import Answer
from .ec2_answer import add_element, add_text, change_answer
from .workaround import Workaround

_METADATA = {
    "HttpTokens": "httpTokens",
    "HttpPutResponseHopLimit": "httpPutResponseHopLimit",
    "HttpEndpoint": "httpEndpoint",
    "HttpProtocolIpv6": "httpProtocolIpv6",
    "InstanceMetadataTags": "instanceMetadataTags",
}


def _add_metadata_options(item: ElementTree.Element, instance: dict[str, Any]) -> None:
    options = instance.get("MetadataOptions")
    if not options:
        return
    element = add_element(item, "metadataOptions")
    add_text(element, "state", "applied")
    for name, tag in _METADATA.items():
        add_text(element, tag, options[name])


def _add_interface(item: ElementTree.Element, instance: dict[str, Any]) -> None:
    from ministack.services import ec2

    interface_id = primary_interface(instance["InstanceId"])
    if not interface_id:
        return
    interface = ec2._network_interfaces[interface_id]
    element = ElementTree.SubElement(add_element(item, "networkInterfaceSet"), "item")
    add_text(element, "networkInterfaceId", interface_id)
    add_text(element, "subnetId", interface["SubnetId"])
    add_text(element, "vpcId", interface["VpcId"])
    add_text(element, "status", interface["Status"])
    add_text(element, "privateIpAddress", interface["PrivateIpAddress"])
    attachment = add_element(element, "attachment")
    add_text(attachment, "attachmentId", interface["Attachment"]["AttachmentId"])
    add_text(attachment, "deviceIndex", interface["Attachment"]["DeviceIndex"])
    add_text(attachment, "status", "attached")
    groups = add_element(element, "groupSet")
    for group in instance["SecurityGroups"]:
        entry = ElementTree.SubElement(groups, "item")
        add_text(entry, "groupId", group["GroupId"])
        add_text(entry, "groupName", group["GroupName"])
    if instance["PublicIpAddress"]:
        association = add_element(element, "association")
        add_text(association, "publicIp", instance["PublicIpAddress"])
        add_text(association, "publicDnsName", instance["PublicDnsName"])


def _complete(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    for item in root.findall("reservationSet/item/instancesSet/item"):
        instance = ec2._instances[item.findtext("instanceId") or ""]
        # An instance without a public address has no such element, not an empty one.
        add_text(item, "ipAddress", instance["PublicIpAddress"])
        add_text(item, "dnsName", instance["PublicDnsName"])
        add_text(item, "ebsOptimized", bool(instance.get("EbsOptimized")))
        _add_metadata_options(item, instance)
        _add_interface(item, instance)


def _attribute_value(instance: dict[str, Any], attribute: str) -> str | None:
    values = {
        "userData": instance.get("UserData") or "",
        "disableApiTermination": str(bool(instance.get("DisableApiTermination"))).lower(),
        "instanceInitiatedShutdownBehavior": instance.get(
            "InstanceInitiatedShutdownBehavior", "stop"
        ),
        "sourceDestCheck": str(bool(instance.get("SourceDestCheck", True))).lower(),
        "ebsOptimized": str(bool(instance.get("EbsOptimized"))).lower(),
    }
    return values.get(attribute)


def _describe_attribute() -> None:
    from ministack.services import ec2

    original = ec2._ACTION_MAP["DescribeInstanceAttribute"]

    def described(parameters: dict[str, Any]) -> Answer:
        instance_id = ec2._p(parameters, "InstanceId")
        attribute = ec2._p(parameters, "Attribute")
        instance = ec2._instances.get(instance_id)
        value = _attribute_value(instance, attribute) if instance else None
        if value is None:
            return original(parameters)
        inner = f"<value>{escape(value)}</value>" if value else ""
        return ec2._xml(
            200,
            "DescribeInstanceAttributeResponse",
            f"<instanceId>{instance_id}</instanceId><{attribute}>{inner}</{attribute}>",
        )

    ec2._ACTION_MAP["DescribeInstanceAttribute"] = described


def _apply() -> None:
    change_answer("DescribeInstances", _complete)
    _describe_attribute()


WORKAROUND = Workaround(
    "instance-answers",
    "DescribeInstances has no metadata options and no network interface; "
    "DescribeInstanceAttribute answers no user data",
    _apply,
    ("AWS::EC2::Instance",),
)

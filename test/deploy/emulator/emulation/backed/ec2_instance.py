"""EC2 instances, made with RunInstances and completed to what their template says.

No machine boots. The emulator's RunInstances ignores the subnet's zone and
addresses, the block devices and the metadata options; they are written to the
record that it made, so that DescribeInstances answers them. A `CreationPolicy`
that waits for the machine is the business of `resource_signals`.
"""

from __future__ import annotations

import base64
from typing import Any

from ..properties import set_ec2_tags, tag_list, truth
from ..resource_signals import await_signals
from ..service_call import ServiceError, call_ec2, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier
from .ec2_interface import (
    attach_primary_interface,
    delete_primary_interface,
    free_private_address,
    set_public_address,
)
from .ec2_launch_template import with_launch_template
from .ec2_volume import apply_block_devices, delete_root_volumes

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsResponse.html
_METADATA_DEFAULTS = {
    "HttpTokens": "optional",
    "HttpPutResponseHopLimit": 1,
    "HttpEndpoint": "enabled",
    "HttpProtocolIpv6": "disabled",
    "InstanceMetadataTags": "disabled",
}

# Families of instance types with Graviton processors carry a "g" after the generation.
_ARM_FAMILIES = ("a1",)


def architecture_of(instance_type: str) -> str:
    """The processor architecture that the name of an instance type tells."""
    family = instance_type.partition(".")[0]
    generation = family.lstrip("abcdefghijklmnopqrstuvwxyz")
    arm = family in _ARM_FAMILIES or "g" in generation.lstrip("0123456789")
    return "arm64" if arm else "x86_64"


def _primary(properties: Properties) -> dict[str, Any]:
    """Subnet, groups and public address, given flat or as a network interface."""
    interfaces = properties.get("NetworkInterfaces") or []
    interface: dict[str, Any] = next(
        (item for item in interfaces if str(item.get("DeviceIndex")) == "0"), {}
    )
    # An instance calls them GroupSet, a launch template Groups.
    groups = interface.get("GroupSet") or interface.get("Groups")
    return {
        "SubnetId": interface.get("SubnetId") or properties.get("SubnetId"),
        "Groups": groups or properties.get("SecurityGroupIds") or [],
        "Public": interface.get("AssociatePublicIpAddress"),
        "PrivateIp": interface.get("PrivateIpAddress") or properties.get("PrivateIpAddress"),
    }


def _profile_arn(name_or_arn: str | None) -> dict[str, str] | None:
    """The instance profile, which has to exist: EC2 refuses an unknown one."""
    if not name_or_arn:
        return None
    from ministack.services import iam

    is_arn = name_or_arn.startswith("arn:")
    profile = iam._lookup_instance_profile(
        name="" if is_arn else name_or_arn, arn=name_or_arn if is_arn else ""
    )
    if not profile:
        raise ServiceError(
            "InvalidParameterValue", f"Value ({name_or_arn}): Invalid IAM Instance Profile name"
        )
    return {"Arn": profile["Arn"]}


def _require_groups(group_ids: list[str], vpc_id: str) -> None:
    from ministack.services import ec2

    for group_id in group_ids:
        group = ec2._security_groups.get(group_id)
        if group is None or group["VpcId"] != vpc_id:
            raise ServiceError(
                "InvalidGroup.NotFound", f"The security group '{group_id}' is not in {vpc_id}"
            )


def _apply_options(instance: dict[str, Any], properties: Properties) -> None:
    """What can change without a new instance."""
    options = {**_METADATA_DEFAULTS, **(properties.get("MetadataOptions") or {})}
    options["HttpPutResponseHopLimit"] = int(options["HttpPutResponseHopLimit"])
    credit = (properties.get("CreditSpecification") or {}).get("CPUCredits")
    instance.update(
        InstanceType=properties.get("InstanceType", "m1.small"),
        Architecture=architecture_of(properties.get("InstanceType", "m1.small")),
        MetadataOptions=options,
        Monitoring={"State": "enabled" if truth(properties.get("Monitoring")) else "disabled"},
        EbsOptimized=truth(properties.get("EbsOptimized")),
        SourceDestCheck=truth(properties.get("SourceDestCheck"), default=True),
        DisableApiTermination=truth(properties.get("DisableApiTermination")),
        InstanceInitiatedShutdownBehavior=properties.get(
            "InstanceInitiatedShutdownBehavior", "stop"
        ),
        UserData=properties.get("UserData") or "",
        CpuCredits=credit,
    )
    instance["Placement"]["Tenancy"] = properties.get("Tenancy", "default")


def _attributes(instance: dict[str, Any]) -> dict[str, Any]:
    return {
        "InstanceId": instance["InstanceId"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "PrivateDnsName": instance["PrivateDnsName"],
        "PrivateIp": instance["PrivateIpAddress"],
        "PublicDnsName": instance["PublicDnsName"],
        "PublicIp": instance["PublicIpAddress"],
        "VpcId": instance["VpcId"],
        "State.Code": str(instance["State"]["Code"]),
        "State.Name": instance["State"]["Name"],
    }


def _require_base64(user_data: str | None) -> None:
    if user_data:
        try:
            base64.b64decode(user_data, validate=True)
        except ValueError:
            raise ServiceError(
                "InvalidParameterValue", "Invalid BASE64 encoding of user data"
            ) from None


def launch(properties: Properties) -> dict[str, Any]:
    """Run one instance and complete its record."""
    from ministack.core.responses import get_region
    from ministack.services import ec2

    primary = _primary(properties)
    subnet_id = primary["SubnetId"]
    if not subnet_id:
        raise ServiceError("MissingInput", "No subnets found for the default VPC. Give a SubnetId")
    private_ip = primary["PrivateIp"] or free_private_address(subnet_id)
    subnet = ec2._subnets[subnet_id]
    groups = primary["Groups"] or [ec2._vpcs[subnet["VpcId"]]["DefaultSecurityGroupId"]]
    _require_groups(groups, subnet["VpcId"])
    _require_base64(properties.get("UserData"))
    answer = call_ec2(
        "RunInstances",
        MinCount=1,
        MaxCount=1,
        ImageId=properties.get("ImageId"),
        InstanceType=properties.get("InstanceType"),
        KeyName=properties.get("KeyName"),
        SubnetId=subnet_id,
        UserData=properties.get("UserData"),
        SecurityGroupId=groups,
        PrivateIpAddress=private_ip,
        IamInstanceProfile=_profile_arn(properties.get("IamInstanceProfile")),
    )
    instance = ec2._instances[required_text(answer, "instanceId")]
    instance["Placement"]["AvailabilityZone"] = subnet["AvailabilityZone"]
    domain = "ec2" if get_region() == "us-east-1" else f"{get_region()}.compute"
    instance["PrivateDnsName"] = f"ip-{private_ip.replace('.', '-')}.{domain}.internal"
    wants_public = truth(primary["Public"], default=subnet["MapPublicIpOnLaunch"])
    set_public_address(instance, ec2._random_ip("54.") if wants_public else None)
    apply_block_devices(instance, properties)
    attach_primary_interface(instance, groups)
    _apply_options(instance, properties)
    set_ec2_tags(instance["InstanceId"], properties)
    if truth(properties.get("PropagateTagsToVolumeOnCreation")):
        for mapping in instance["BlockDeviceMappings"]:
            ec2._tags[mapping["Ebs"]["VolumeId"]] = tag_list(properties)
    return instance


def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    """Run the instance, then wait for what its CreationPolicy asks for.

    The engine learns the physical id only from a handler that returns, so an
    instance whose signal fails is removed here.
    """
    instance = launch(with_launch_template(properties))
    instance_id = instance["InstanceId"]
    try:
        await_signals(stack_name, logical_id, "AWS::EC2::Instance", instance_id)
    except Exception:
        terminate(instance_id)
        raise
    return instance_id, _attributes(instance)


def change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    """Change what AWS changes in place, with or without a stop of the machine."""
    from ministack.services import ec2

    instance = ec2._instances.get(physical_id)
    if instance is None or instance["State"]["Name"] == "terminated":
        raise ServiceError(
            "InvalidInstanceID.NotFound", f"The instance ID '{physical_id}' does not exist"
        )
    properties = with_launch_template(new)
    groups = _primary(properties)["Groups"]
    if groups:
        _require_groups(groups, instance["VpcId"])
        instance["SecurityGroups"] = [
            {"GroupId": group, "GroupName": ec2._security_groups[group]["GroupName"]}
            for group in groups
        ]
    profile = _profile_arn(properties.get("IamInstanceProfile"))
    if profile and profile["Arn"] != (instance.get("IamInstanceProfile") or {}).get("Arn"):
        association = ec2._find_active_iam_instance_profile_association(physical_id)
        if association:
            call_ec2("DisassociateIamInstanceProfile", AssociationId=association["AssociationId"])
        call_ec2("AssociateIamInstanceProfile", InstanceId=physical_id, IamInstanceProfile=profile)
    _apply_options(instance, properties)
    set_ec2_tags(physical_id, new)
    return physical_id, _attributes(instance)


def release_belongings(instance_id: str) -> None:
    """Remove what ends with an instance: interface, volumes, address, tags."""
    from ministack.services import ec2

    for address in ec2._addresses.values():
        if address.get("InstanceId") == instance_id:
            address.update(
                AssociationId=None, InstanceId=None, NetworkInterfaceId=None, PrivateIpAddress=None
            )
    delete_primary_interface(instance_id)
    delete_root_volumes(ec2._instances[instance_id])
    # AWS takes the tags away a while after the end; a search for leftovers must not find them.
    ec2._tags.pop(instance_id, None)


def terminate(instance_id: str) -> None:
    """End an instance with all that belongs to it."""
    call_ec2("TerminateInstances", InstanceId=[instance_id])
    release_belongings(instance_id)


def delete(physical_id: str, properties: Properties) -> None:
    """Terminate the instance with its interface and volumes; respect its protection."""
    from ministack.services import ec2

    instance = ec2._instances.get(physical_id)
    if instance is None or instance["State"]["Name"] == "terminated":
        return
    if instance.get("DisableApiTermination"):
        raise ServiceError(
            "OperationNotPermitted",
            f"The instance '{physical_id}' may not be terminated. "
            "Modify its 'disableApiTermination' instance attribute and try again.",
        )
    terminate(physical_id)


HANDLERS = (
    ResourceHandler(
        "AWS::EC2::Instance",
        Tier.BACKED,
        create=create,
        change=change,
        delete=delete,
        create_only=frozenset(
            {
                "AvailabilityZone",
                "BlockDeviceMappings",
                "CpuOptions",
                "EnclaveOptions",
                "ImageId",
                "KeyName",
                "LaunchTemplate",
                "NetworkInterfaces",
                "PrivateIpAddress",
                "SubnetId",
            }
        ),
        tag_property=("Tags", "list"),
        note="RunInstances; no machine boots, its signals are given by the launcher or a test",
    ),
)

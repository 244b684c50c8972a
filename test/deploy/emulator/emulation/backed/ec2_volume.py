"""The volumes that come and go with an instance."""

from __future__ import annotations

from typing import Any

from ..properties import truth
from ..tiers import Properties


def _apply(volume: dict[str, Any], ebs: dict[str, Any]) -> None:
    volume.update(
        Size=int(ebs.get("VolumeSize") or volume["Size"]),
        VolumeType=ebs.get("VolumeType") or volume["VolumeType"],
        Encrypted=truth(ebs.get("Encrypted")),
        Iops=int(ebs.get("Iops") or volume["Iops"]),
    )
    if ebs.get("KmsKeyId"):
        volume["KmsKeyId"] = ebs["KmsKeyId"]
    keep = not truth(ebs.get("DeleteOnTermination"), default=True)
    for attachment in volume["Attachments"]:
        attachment["DeleteOnTermination"] = not keep


def _new_volume(instance: dict[str, Any], root: dict[str, Any], device: str) -> dict[str, Any]:
    """A further data volume, shaped like the root volume that the emulator made."""
    from ministack.services import ec2

    volume_id = ec2._new_volume_id()
    attachment = {**root["Attachments"][0], "VolumeId": volume_id, "Device": device}
    ec2._volumes[volume_id] = {**root, "VolumeId": volume_id, "Attachments": [attachment]}
    instance["BlockDeviceMappings"].append(
        {
            "DeviceName": device,
            "Ebs": {**instance["BlockDeviceMappings"][0]["Ebs"], "VolumeId": volume_id},
        }
    )
    return ec2._volumes[volume_id]


def apply_block_devices(instance: dict[str, Any], properties: Properties) -> None:
    """Give the instance's volumes the size, type and encryption of its properties."""
    from ministack.services import ec2

    root = ec2._volumes[instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]]
    root["AvailabilityZone"] = instance["Placement"]["AvailabilityZone"]
    for mapping in properties.get("BlockDeviceMappings") or []:
        device = mapping["DeviceName"]
        is_root = device == instance["RootDeviceName"]
        volume = root if is_root else _new_volume(instance, root, device)
        _apply(volume, mapping.get("Ebs") or {})
        for known in instance["BlockDeviceMappings"]:
            if known["Ebs"]["VolumeId"] == volume["VolumeId"]:
                known["Ebs"]["DeleteOnTermination"] = volume["Attachments"][0][
                    "DeleteOnTermination"
                ]


def delete_root_volumes(instance: dict[str, Any]) -> None:
    """Remove the volumes that end with the instance; the emulator would keep them."""
    from ministack.services import ec2

    for mapping in instance["BlockDeviceMappings"]:
        volume_id = mapping["Ebs"]["VolumeId"]
        if mapping["Ebs"].get("DeleteOnTermination", True):
            ec2._volumes.pop(volume_id, None)
            ec2._tags.pop(volume_id, None)
        elif volume_id in ec2._volumes:
            ec2._volumes[volume_id].update(State="available", Attachments=[])

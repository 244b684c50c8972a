"""What AWS publishes in every account and the emulator does not: machine images.

The ids are made up, and the same in each region. That suffices: no machine boots.
"""

from __future__ import annotations

from typing import Any

# The account that publishes Amazon Linux.
_AMAZON = "137112412989"

_PREFIX = "/aws/service/ami-amazon-linux-latest"

# The names that the CDK's MachineImage asks for, by processor architecture.
PUBLIC_IMAGES = {
    f"{_PREFIX}/al2023-ami-kernel-default-arm64": "ami-0a12023000000a064",
    f"{_PREFIX}/al2023-ami-kernel-6.1-arm64": "ami-0a12023000000a064",
    f"{_PREFIX}/al2023-ami-minimal-kernel-default-arm64": "ami-0a12023000001a064",
    f"{_PREFIX}/al2023-ami-kernel-default-x86_64": "ami-0c2023a1b2c3d4e5f",
    f"{_PREFIX}/al2023-ami-kernel-6.1-x86_64": "ami-0c2023a1b2c3d4e5f",
    f"{_PREFIX}/al2023-ami-minimal-kernel-default-x86_64": "ami-0a12023000001c864",
}


def publish_images() -> None:
    """Let the public parameters resolve, and DescribeImages know what they name."""
    from ministack.services import ec2, ssm

    ssm._PUBLIC_AMI_PARAMETERS.update(PUBLIC_IMAGES)
    known = {image[0] for image in ec2._STUB_AMIS}
    arm = {image for name, image in PUBLIC_IMAGES.items() if name.endswith("arm64")}
    for name, image_id in PUBLIC_IMAGES.items():
        if image_id not in known:
            known.add(image_id)
            image = (image_id, name.rsplit("/", 1)[1], "Amazon Linux 2023", "", "/dev/xvda")
            ec2._STUB_AMIS.append((*image, _AMAZON, "amazon"))
    view = ec2._stub_image_view

    def with_architecture(ami_id: str, *details: Any) -> dict[str, Any]:
        image = view(ami_id, *details)
        return {**image, "Architecture": "arm64"} if ami_id in arm else image

    ec2._stub_image_view = with_architecture

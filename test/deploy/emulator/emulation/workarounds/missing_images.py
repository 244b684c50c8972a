"""An image that DescribeImages is asked for and that is not there is an error.

https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html#API_DescribeImages_Errors
"""

from __future__ import annotations

from typing import Any

from ..service_call import Answer
from .workaround import Workaround


def _apply() -> None:
    from ministack.services import ecr

    describe = ecr._describe_images

    def described(data: dict[str, Any]) -> Answer:
        name = data.get("repositoryName", "")
        wanted = data.get("imageIds") or [] if name in ecr._repositories else []
        for image in wanted:
            if not ecr._find_image(name, image):
                refusal: Answer = ecr.error_response_json(
                    "ImageNotFoundException",
                    f"The image with imageId {image} does not exist within the repository "
                    f"with name '{name}'",
                    400,
                )
                return refusal
        answer: Answer = describe(data)
        return answer

    ecr._describe_images = described


WORKAROUND = Workaround(
    "missing-images",
    "DescribeImages answers nothing for an image that is not there",
    _apply,
)

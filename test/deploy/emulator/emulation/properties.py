"""Small readings of CloudFormation properties that several handlers share."""

from __future__ import annotations

from typing import Any

Tag = dict[str, str]


def truth(value: Any, default: bool = False) -> bool:
    """A template's boolean, which may arrive as the string "true"."""
    if value is None:
        return default
    return str(value).lower() == "true"


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """The entries that have a value."""
    return {name: value for name, value in values.items() if value is not None}


def tag_list(properties: dict[str, Any], name: str = "Tags") -> list[Tag]:
    """Tags as a list of Key and Value, whatever form the type uses."""
    tags = properties.get(name) or []
    if isinstance(tags, dict):
        return [{"Key": key, "Value": str(value)} for key, value in tags.items()]
    return [{"Key": str(tag["Key"]), "Value": str(tag.get("Value", ""))} for tag in tags]


def set_ec2_tags(resource_id: str, properties: dict[str, Any]) -> None:
    """Make the tags of an EC2 resource exactly those of its properties."""
    from ministack.services import ec2

    tags = tag_list(properties)
    if tags:
        ec2._tags[resource_id] = tags
    else:
        ec2._tags.pop(resource_id, None)

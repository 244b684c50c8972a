"""XML request bodies for the REST services, from CloudFormation properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree


def _fill(
    parent: ElementTree.Element, value: Any, item_tags: Mapping[str, str], counted: bool
) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            repeated = isinstance(item, list) and name not in item_tags
            for each in item if repeated else [item]:
                _fill(ElementTree.SubElement(parent, name), each, item_tags, counted)
    elif isinstance(value, list):
        items = parent
        if counted:
            ElementTree.SubElement(parent, "Quantity").text = str(len(value))
            items = ElementTree.SubElement(parent, "Items")
        for item in value:
            _fill(ElementTree.SubElement(items, item_tags[parent.tag]), item, item_tags, counted)
    elif isinstance(value, bool):
        parent.text = "true" if value else "false"
    else:
        parent.text = str(value)


def xml_body(
    root: str, value: Mapping[str, Any], item_tags: Mapping[str, str], *, counted: bool = False
) -> bytes:
    """One document; `item_tags` names the element of each list's items.

    A list that it does not name is its element, once for each item.
    CloudFront counts its lists (`Quantity`, `Items`), Route 53 does not.
    """
    element = ElementTree.Element(root)
    _fill(element, value, item_tags, counted)
    return ElementTree.tostring(element)

"""Changes to the XML that EC2's Describe actions answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from ..service_call import Answer, parse_xml

_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"

Change = Callable[[ElementTree.Element, dict[str, Any]], None]


def with_change(
    answer: Answer, change: Callable[[ElementTree.Element], None], namespace: str = _NAMESPACE
) -> Answer:
    """A successful answer after a function changed it in place."""
    status, headers, body = answer
    if status >= 400:
        return answer
    root = parse_xml(body.decode() if isinstance(body, bytes) else body)
    change(root)
    root.set("xmlns", namespace)
    return status, headers, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def change_answer(action: str, change: Change) -> None:
    """Let a function change each successful answer of an action in place."""
    from ministack.services import ec2

    original = ec2._ACTION_MAP[action]

    def changed(parameters: dict[str, Any]) -> Answer:
        return with_change(original(parameters), lambda root: change(root, parameters))

    ec2._ACTION_MAP[action] = changed


def add_text(parent: ElementTree.Element, tag: str, value: object) -> None:
    """A child with a text, in place of one that may be there; none for no value."""
    for known in parent.findall(tag):
        parent.remove(known)
    if value in (None, ""):
        return
    text = str(value).lower() if isinstance(value, bool) else str(value)
    ElementTree.SubElement(parent, tag).text = text


def add_element(parent: ElementTree.Element, tag: str) -> ElementTree.Element:
    """An empty child, in place of one that may be there."""
    for known in parent.findall(tag):
        parent.remove(known)
    return ElementTree.SubElement(parent, tag)

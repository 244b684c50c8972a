"""Calls to the emulator's own service actions, from inside its process.

A backed handler uses the same action that an SDK would reach over HTTP, so
that what it makes can be read back like anything else. An answer that reports
an error becomes an exception: the CloudFormation engine turns it into the
reason of the failed resource.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

Answer = tuple[int, Mapping[str, str], bytes | str]


class ServiceError(Exception):
    """An error that a service of the emulator answered."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def _text(body: bytes | str) -> str:
    return body.decode("utf-8", errors="replace") if isinstance(body, bytes) else str(body)


def refuse_error(answer: Answer) -> str:
    """The body of a successful answer; an error is raised with its code and message."""
    status, _headers, body = answer
    text = _text(body)
    if status < 400:
        return text
    code = re.search(r"<Code>(.*?)</Code>", text) or re.search(r'"__type":\s*"([^"]*)"', text)
    message = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL) or re.search(
        r'"[Mm]essage":\s*"([^"]*)"', text
    )
    raise ServiceError(
        code.group(1) if code else str(status), message.group(1) if message else text.strip()
    )


def parse_xml(text: str) -> ElementTree.Element:
    """An XML answer without its namespace, so that tags can be searched by name."""
    return ElementTree.fromstring(re.sub(r'\sxmlns="[^"]*"', "", text, count=1))


def flatten(parameters: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Nested values in the flat form of the query protocol: `Tag.1.Key=...`."""
    flat: dict[str, list[str]] = {}
    for name, value in parameters.items():
        key = f"{prefix}{name}"
        if value is None:
            continue
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{key}."))
        elif isinstance(value, (list, tuple)):
            numbered = {str(number): item for number, item in enumerate(value, start=1)}
            flat.update(flatten(numbered, f"{key}."))
        elif isinstance(value, bool):
            flat[key] = ["true" if value else "false"]
        else:
            flat[key] = [str(value)]
    return flat


def call_ec2(action: str, **parameters: Any) -> ElementTree.Element:
    """One EC2 action, answered as XML."""
    from ministack.services import ec2

    ec2._ensure_defaults_initialized()
    return parse_xml(refuse_error(ec2._ACTION_MAP[action](flatten(parameters))))


def call_json(action: Callable[..., Answer], *arguments: Any) -> dict[str, Any]:
    """One action of a JSON service, answered as a dictionary."""
    text = refuse_error(action(*arguments))
    return json.loads(text) if text.strip() else {}


def required_text(element: ElementTree.Element, tag: str) -> str:
    """The text of the first such tag; its absence is a fault of the emulator."""
    found = element.findtext(f".//{tag}")
    if not found:
        raise ServiceError("EmulatorFault", f"the answer has no {tag}")
    return found

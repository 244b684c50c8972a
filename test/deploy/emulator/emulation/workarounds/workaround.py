"""One correction of the emulator, and the ways in which corrections are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


def _at_start() -> None:
    """For corrections that are part of how the launcher starts the process."""


@dataclass(frozen=True)
class Workaround:
    """A fault, and the function that corrects it in the running process."""

    name: str
    fault: str
    apply: Callable[[], None] = _at_start
    types: tuple[str, ...] = ()

    def describe(self) -> dict[str, Any]:
        """The form in which the launcher lists it."""
        return {"name": self.name, "fault": self.fault, "types": list(self.types)}


def wrap_handler(
    resource_type: str, operation: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Put a function around one operation of a CloudFormation handler."""
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    entry = _RESOURCE_HANDLERS[resource_type]
    if operation in entry:
        entry[operation] = wrap(entry[operation])


def after_create_and_update(
    resource_type: str, complete: Callable[[str, dict[str, Any], dict[str, Any]], None]
) -> None:
    """Let a function complete what a handler made or changed.

    `complete` takes the physical id, the properties, and the attributes, which
    it may extend in place.
    """

    def around_create(create: Callable[..., Any]) -> Callable[..., Any]:
        def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
            physical_id, attributes = create(logical_id, properties, stack_name)
            complete(physical_id, properties, attributes)
            return physical_id, attributes

        return created

    def around_update(update: Callable[..., Any]) -> Callable[..., Any]:
        def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
            new_id, attributes = update(physical_id, old, new, *rest)
            complete(new_id, new, attributes)
            return new_id, attributes

        return updated

    wrap_handler(resource_type, "create", around_create)
    wrap_handler(resource_type, "update", around_update)

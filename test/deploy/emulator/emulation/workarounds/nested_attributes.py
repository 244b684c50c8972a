"""Attributes of what stays as it is in a nested stack that changes."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround


def _known(stack_name: str, logical_id: str | None) -> dict[str, Any]:
    from ministack.services.cloudformation import _stacks

    resources = (_stacks.get(stack_name) or {}).get("_resources") or {}
    return dict((resources.get(logical_id) or {}).get("Attributes") or {})


def _apply() -> None:
    from ministack.services.cloudformation import provisioners

    update = provisioners._update_resource

    def updated(
        resource_type: str,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack_name: str,
        logical_id: str | None = None,
        old_attrs: dict[str, Any] | None = None,
    ) -> Any:
        attributes = _known(stack_name, logical_id) if old_attrs is None else old_attrs
        return update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)

    provisioners._update_resource = updated


WORKAROUND = Workaround(
    "nested-attributes",
    "what stays as it is in a nested stack that changes has no attributes any more",
    _apply,
)

"""Outputs of stacks in other regions, which the CDK's references read by default."""

from __future__ import annotations

import sys
from typing import Any

from ..regions import in_region
from .workaround import Workaround

_FUNCTION = "Fn::GetStackOutput"
_PACKAGE = "ministack.services.cloudformation"


def _apply() -> None:
    from ministack.services.cloudformation import engine

    resolve = engine._resolve_refs

    def resolved(value: Any, *context: Any, **options: Any) -> Any:
        specification = value.get(_FUNCTION) if isinstance(value, dict) else None
        if not isinstance(specification, dict) or not specification.get("Region"):
            return resolve(value, *context, **options)
        region = resolve(specification["Region"], *context, **options)
        with in_region(str(region)):
            return resolve(value, *context, **options)

    # The package's modules hold the function under its own name, each for itself.
    for name, module in list(sys.modules.items()):
        if name.startswith(_PACKAGE) and getattr(module, "_resolve_refs", None) is resolve:
            module._resolve_refs = resolved  # type: ignore[attr-defined]


WORKAROUND = Workaround(
    "outputs-of-other-regions",
    "Fn::GetStackOutput looks for the stack in the reader's region only",
    _apply,
)

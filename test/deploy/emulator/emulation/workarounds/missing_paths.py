"""Paths of a state machine that lead nowhere end it, and so does everything that AWS can't catch.

The emulator takes a missing value for null, lets States.ALL catch what ends an execution, and
knows few of the comparisons of two paths.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_RUNTIME = "States.Runtime"
_PATH = "Path"
_COMPARISONS = ("Boolean", "Numeric", "String", "Timestamp")
_MISSING = object()


def _found(tokens: list[tuple[str, Any]], data: Any) -> Any:
    for kind, key in tokens:
        is_there = (kind == "field" and isinstance(data, dict) and key in data) or (
            kind == "index" and isinstance(data, list) and -len(data) <= key < len(data)
        )
        if not is_there:
            return _MISSING
        data = data[key]
    return data


def _around_resolve(resolve: Any) -> Any:
    from ministack.services import stepfunctions

    def resolved(path: str, data: Any) -> Any:
        tokens = stepfunctions._parse_jsonpath_tokens(path) if path.startswith("$") else None
        if not tokens or any(kind == "wildcard" for kind, _key in tokens):
            return resolve(path, data)
        value = _found(tokens, data)
        if value is _MISSING:
            raise stepfunctions._ExecutionError(
                _RUNTIME, f"The JSONPath '{path}' could not be found in the input"
            )
        return value

    return resolved


def _around_rule(evaluate: Any) -> Any:
    from ministack.services import stepfunctions

    def is_present(rule: dict[str, Any], data: Any, context: Any) -> bool:
        try:
            stepfunctions._resolve_path_or_ctx(rule["Variable"], data, context)
        except stepfunctions._ExecutionError:
            return False
        return True

    def evaluated(rule: dict[str, Any], data: Any, context: Any = None) -> bool:
        if "IsPresent" in rule:
            return is_present(rule, data, context) == rule["IsPresent"]
        for name, path in rule.items():
            if name.startswith(_COMPARISONS) and name.endswith(_PATH):
                other = stepfunctions._resolve_path_or_ctx(path, data, context)
                plain = {key: value for key, value in rule.items() if key != name}
                rule = {**plain, name.removesuffix(_PATH): other}
                break
        return bool(evaluate(rule, data, context))

    return evaluated


def _apply() -> None:
    from ministack.services import stepfunctions

    matches = stepfunctions._error_matches
    stepfunctions._resolve_path = _around_resolve(stepfunctions._resolve_path)
    stepfunctions._evaluate_rule = _around_rule(stepfunctions._evaluate_rule)
    stepfunctions._error_matches = lambda names, error: error != _RUNTIME and matches(names, error)


WORKAROUND = Workaround(
    "missing-paths",
    "a path that leads nowhere is null, which nobody notices; times of two paths can't be compared",
    _apply,
    ("AWS::StepFunctions::StateMachine",),
)

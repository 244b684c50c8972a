"""Key conditions that name an attribute by one of DynamoDB's reserved words.

The emulator refuses them in the other expressions.
"""

from __future__ import annotations

import re
from typing import Any

from .workaround import Workaround

_NAMES = re.compile(r"(?<![#:\w])[A-Za-z_]\w*")
_OPERATORS = frozenset({"AND", "BETWEEN", "BEGINS_WITH"})


def _apply() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import dynamodb
    from ministack.services._dynamodb_keywords import AWS_KEYWORDS

    query = dynamodb._query

    def checked(data: dict[str, Any]) -> Any:
        for name in _NAMES.findall(data.get("KeyConditionExpression") or ""):
            if name.upper() in AWS_KEYWORDS and name.upper() not in _OPERATORS:
                return error_response_json(
                    "ValidationException",
                    "Invalid KeyConditionExpression: Attribute name is a reserved keyword; "
                    f"reserved keyword: {name}",
                    400,
                )
        return query(data)

    dynamodb._query = checked


WORKAROUND = Workaround(
    "reserved-words",
    "a query's key condition may name an attribute by a reserved word",
    _apply,
    ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
)

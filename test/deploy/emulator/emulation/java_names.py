"""Names as Step Functions spells them: those of the AWS SDK for Java 2.x.

`arn:aws:states:::aws-sdk:rds:describeDBInstances` answers `DbInstances`, not
`DBInstances`, and fails with `Rds.DbInstanceNotFoundException`.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import re

_FAULT = "Fault"
_EXCEPTION = "Exception"


def _words(name: str) -> list[str]:
    """Split as the SDK's code generator does: `DBInstanceNotFound` begins with DB."""
    spaced = re.sub(r"[^A-Za-z0-9]+", " ", name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z]([a-zA-Z]|[0-9]))", " ", spaced)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    spaced = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", spaced)
    return spaced.split()


def java_name(name: str) -> str:
    """The name of a member of a request or an answer: only an acronym that it begins with changes.

    `DBInstanceIdentifier` is `DbInstanceIdentifier`, `SourceDBInstanceIdentifier` and `MultiAZ`
    are as they were.
    """
    acronym = re.match(r"[A-Z]+(?![a-z])", name)
    end = acronym.end() if acronym else 1
    return name[:1].upper() + name[1:end].lower() + name[end:]


def java_exception(shape_name: str) -> str:
    """The name of an error of a service's model."""
    stem = shape_name.removesuffix(_EXCEPTION).removesuffix(_FAULT)
    return "".join(word.capitalize() for word in _words(stem)) + _EXCEPTION

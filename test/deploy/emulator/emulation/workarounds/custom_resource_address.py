"""Where custom resources send their answer: the address we listen on.

The emulator hands out `localhost`, which may be ::1, and there nobody listens.
"""

from __future__ import annotations

from ..environment import LOOPBACK
from .workaround import Workaround


def _apply() -> None:
    from ministack.services.cloudformation import custom_resource

    custom_resource._HOST = LOOPBACK


WORKAROUND = Workaround(
    "custom-resource-address",
    "the response address of custom resources is localhost, which may resolve to ::1",
    _apply,
    ("Custom::*",),
)

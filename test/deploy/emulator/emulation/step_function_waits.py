"""Waits of state machines that take less time than they say: minutes can't be waited for."""

from __future__ import annotations


def scale_waits(factor: str) -> dict[str, float]:
    """Let all waits, and the intervals between retries, take this part of their time; tell it."""
    from ministack.services import stepfunctions

    stepfunctions._SFN_WAIT_SCALE = max(float(factor), 0.0)
    return {"factor": stepfunctions._SFN_WAIT_SCALE}

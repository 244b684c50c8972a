"""How long a minute of a deployment takes: bake times can't be waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class _Clock:
    minute_seconds: float = 1.0
    longest_seconds: float = 10.0


_clock = _Clock()


def set_minute(
    seconds: float | str | None = None, longest: float | str | None = None
) -> dict[str, float]:
    """Let a minute of bake time take this long, and a whole bake time not longer than `longest`."""
    if seconds is not None:
        _clock.minute_seconds = max(float(seconds), 0.0)
    if longest is not None:
        _clock.longest_seconds = max(float(longest), 0.0)
    return {"seconds": _clock.minute_seconds, "longest": _clock.longest_seconds}


def scaled(minutes: float) -> float:
    """The seconds that some minutes of a deployment take here."""
    return min(minutes * _clock.minute_seconds, _clock.longest_seconds)

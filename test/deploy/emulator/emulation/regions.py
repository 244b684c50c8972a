"""Work in another region than the one that was asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_region(region: str) -> Iterator[None]:
    """Let the stores and names of the services be those of a region."""
    from ministack.core.responses import get_region, set_request_region

    before = get_region()
    set_request_region(region)
    try:
        yield
    finally:
        set_request_region(before)


def region_of(arn: str) -> str:
    """The region that an ARN names; the current one for a plain name."""
    from ministack.core.responses import get_region

    return arn.split(":")[3] if arn.startswith("arn:") else str(get_region())

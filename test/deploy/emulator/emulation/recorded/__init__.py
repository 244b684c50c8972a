"""Handlers that only keep a resource's properties.

They prove that the properties resolve, that references and attributes answer
something of the right form, and in which order things come and go. Nothing
behaves. What is recorded can be listed, so that a leftover shows.
"""

from __future__ import annotations

from ..tiers import ResourceHandler
from . import (
    application_auto_scaling,
    code_build,
    code_deploy,
    code_pipeline,
    cognito_branding,
    eks,
    fis,
    wafv2_logging,
)

HANDLERS: tuple[ResourceHandler, ...] = tuple(
    handler
    for module in (
        application_auto_scaling,
        code_build,
        code_deploy,
        code_pipeline,
        cognito_branding,
        eks,
        fis,
        wafv2_logging,
    )
    for handler in module.HANDLERS
)

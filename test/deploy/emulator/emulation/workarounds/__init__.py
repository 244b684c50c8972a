"""Faults of the emulator that are corrected while it runs, one module each.

Each can be left out with `launcher.py --without NAME`, so that a test can see
the fault on the emulator as it is, and tell when the work-around may go.
"""

from __future__ import annotations

from . import (
    address_answers,
    attributes,
    auto_scaling_instances,
    bucket_details,
    bucket_not_empty,
    busy_stacks,
    custom_resource_address,
    custom_resource_failure,
    database_details,
    default_security_group,
    delete_dependencies,
    deleted_resources,
    filters,
    function_logs,
    gateway_endpoint_routes,
    instance_answers,
    layer_paths,
    load_balancer_details,
    managed_key,
    metric_math,
    module_clients,
    network_answers,
    outputs_of_other_regions,
    payload_format,
    subnet_checks,
    terminated_instances,
)
from .workaround import Workaround

WORKAROUNDS: tuple[Workaround, ...] = (
    Workaround(
        "clean-environment",
        "functions inherit AWS_ENDPOINT_URL from the emulator's caller and talk to that address",
    ),
    Workaround(
        "node-path",
        "without the real @aws-sdk clients, stubs answer in their place, some with a false success",
        types=("Custom::*",),
    ),
    Workaround(
        "prompt-stop",
        "SIGTERM is ignored while a custom resource waits",
    ),
    address_answers.WORKAROUND,
    attributes.WORKAROUND,
    auto_scaling_instances.WORKAROUND,
    bucket_details.WORKAROUND,
    bucket_not_empty.WORKAROUND,
    busy_stacks.WORKAROUND,
    custom_resource_address.WORKAROUND,
    custom_resource_failure.WORKAROUND,
    database_details.WORKAROUND,
    default_security_group.WORKAROUND,
    delete_dependencies.WORKAROUND,
    deleted_resources.WORKAROUND,
    function_logs.WORKAROUND,
    gateway_endpoint_routes.WORKAROUND,
    instance_answers.WORKAROUND,
    layer_paths.WORKAROUND,
    load_balancer_details.WORKAROUND,
    managed_key.WORKAROUND,
    metric_math.WORKAROUND,
    module_clients.WORKAROUND,
    network_answers.WORKAROUND,
    outputs_of_other_regions.WORKAROUND,
    payload_format.WORKAROUND,
    subnet_checks.WORKAROUND,
    terminated_instances.WORKAROUND,
    # After all others: it filters by what they add to the answers.
    filters.WORKAROUND,
)

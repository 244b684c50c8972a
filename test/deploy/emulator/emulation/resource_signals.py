"""The signals that a `CreationPolicy` waits for, where no machine can send them.

By default the launcher completes them itself and says so in the stack's
events. A stack with the tag `emulator:resource-signals` = `wait` waits like a
real one, until something calls SignalResource: a test that runs the user data
in a sandbox can so prove both its success and its failure path.
"""

from __future__ import annotations

from typing import Any

MODE_TAG = "emulator:resource-signals"
WAIT = "wait"
_SIGNALLED_TYPES = ("AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::Instance")


def _stack(stack_name: str) -> dict[str, Any]:
    from ministack.services.cloudformation import _stacks

    return _stacks.get(stack_name) or {}


def _template_of(stack: dict[str, Any]) -> dict[str, Any]:
    """The template that is being deployed; the stack gets a change set's only when it is complete."""
    from ministack.services.cloudformation import _change_sets

    for change_set in _change_sets.values():
        executes = change_set["ExecutionStatus"] == "EXECUTE_IN_PROGRESS"
        if executes and change_set["StackId"] == stack.get("StackId"):
            return change_set["_template"]
    return stack.get("_template") or {}


def declaration_of(stack_name: str, logical_id: str) -> dict[str, Any]:
    """A resource as the template declares it that is being deployed, with its policies."""
    declared: dict[str, dict[str, Any]] = _template_of(_stack(stack_name)).get("Resources", {})
    return declared.get(logical_id) or {}


def _must_wait(stack: dict[str, Any]) -> bool:
    return any(
        tag.get("Key") == MODE_TAG and tag.get("Value") == WAIT for tag in stack.get("Tags") or []
    )


def await_signals(stack_name: str, logical_id: str, resource_type: str, physical_id: str) -> None:
    """Return when the resource's signals are there; raise when one reports a failure."""
    from ministack.services.cloudformation import wait_conditions
    from ministack.services.cloudformation.stacks import _add_event

    stack = _stack(stack_name)
    policy = declaration_of(stack_name, logical_id).get("CreationPolicy") or {}
    signal = policy.get("ResourceSignal")
    if signal is None:
        return
    count = wait_conditions.validate_count(signal.get("Count"), logical_id)
    waits = _must_wait(stack)
    _add_event(
        stack["StackId"],
        stack_name,
        logical_id,
        resource_type,
        "CREATE_IN_PROGRESS",
        f"Waiting for {count} resource signal(s)"
        if waits
        else f"{count} SUCCESS signal(s) given by the emulator: no machine boots here",
        physical_id,
    )
    if not waits:
        return
    try:
        wait_conditions.wait_for(
            wait_conditions.register_slot(stack["StackId"]),
            stack["StackId"],
            stack_name,
            logical_id,
            resource_type,
            count,
            wait_conditions.validate_resource_signal_timeout(signal.get("Timeout"), logical_id),
        )
    except TimeoutError:
        raise TimeoutError(
            f"Failed to receive {count} resource signal(s) within the specified duration"
        ) from None
    except RuntimeError:
        raise RuntimeError(f"Received 1 FAILURE signal(s) out of {count}") from None


def let_instances_wait() -> None:
    """Provision instances off the event loop, which must stay free to take the signal."""
    from ministack.services.cloudformation import stacks

    runs_on_worker_thread = stacks._runs_on_worker_thread

    def with_instances(resource_type: str) -> bool:
        return resource_type in _SIGNALLED_TYPES or runs_on_worker_thread(resource_type)

    stacks._runs_on_worker_thread = with_instances

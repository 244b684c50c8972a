"""Containers of ECS tasks as local processes, and the deployments of their services.

No container engine runs here. A task's container whose command is known is a
process on a loopback address of its own, where the emulator's load balancers
reach it at its container port.
"""

"""A local AWS emulator for the deploy tests: ministack, completed and corrected.

`launcher.py` beside this package starts it. The package never changes
ministack's files: it registers CloudFormation handlers and replaces single
functions in the running process, each in a module of its own.
"""

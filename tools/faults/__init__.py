"""Make each fault of tests/faults.toml in a copy of the project, and expect a test to turn red.

command  what scripts/mutate does first: try the faults, print what turned red
faults   the faults, and how one is made
trial    a copy of the project, and its tests
"""

"""Run the package with the lowest versions that pyproject.toml declares.

command   what scripts/lowest does: make the environment, run the demo and the tests
bounds    the lowest versions, read from pyproject.toml
"""

"""Run the tests on every supported Python that is installed here.

command   what scripts/pythons does: for each version, make the environment and run the tests
"""

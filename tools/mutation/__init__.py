"""Change bybit_ext in thousands of small ways, and show which changes no test notices.

    command   what scripts/mutate does after the faults: read the arguments, run, report
    mutants   the changes, and what came of each
    trial     have mutmut make the changes and run the tests
    ordering  which tests run first for a change
    report    what is shown: each change that is not explained, and a table by module

tests/survivors.toml explains the changes that no test can or should notice.
"""

"""Thousands of calls against an exchange that fails in all its ways; then every result is held to what is true there.

Requests and answers get lost, lists lag, the exchange restarts, events come late, twice or never, and others use the
same account meanwhile. No result may be untrue, and at most one in ten may be unknown. What happens is drawn from a
seed, which pytest shows with a failure. `scripts/conformance` lives through more stories.

    world            what the exchange and the network are like
    stagehand        does things at their time
    calls            the calls of many stories at once, by either client
    ledger           what has become of each order, and when
    cancels          stories of orders that are cancelled, and what is true of them
    test_cancels     one by one
    test_batches     in batches
    test_cancel_all  all of a kind, while others place orders
    test_placing     orders that are placed, never twice
"""

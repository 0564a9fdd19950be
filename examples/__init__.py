"""Programs that show the SDK at work.

ladder_bot       a market maker that counts what is filled
test_my_bot      tests of that bot, for pytest
kill_switch      a process that cancels all orders when it is told to end
cancel_endpoint  a web service that cancels orders, made with FastAPI
notebook         an order that is placed and cancelled in a notebook
"""

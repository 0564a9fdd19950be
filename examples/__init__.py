"""Programs that show the SDK at work.

ladder_bot   a market maker that counts what is filled
"""

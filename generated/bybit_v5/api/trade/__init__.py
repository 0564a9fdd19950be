# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

"""The operations of the tag `trade`, a module for each:
cancel_order, cancel_batch, cancel_all, create_order, get_orders, get_order_history.
"""

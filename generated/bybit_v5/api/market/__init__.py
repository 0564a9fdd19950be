# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

"""The operations of the tag `market`, a module for each:
get_server_time.
"""

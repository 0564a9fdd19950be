"""Hold the OpenAPI document to a page of Bybit's documentation.

command       what scripts/check_page.py does: read the arguments, print the differences
parser        the page: what it says of its operation
document      the OpenAPI document: what it says of one operation
queries       ask the document which requests it allows
compare       the differences between the two
acknowledged  differences that are known and harmless, taken off; acknowledged.toml is their table
"""

"""What the programs in scripts/ are made of. None of it is in the wheel.

project       the project's files, and how its programs end
generation    write the client package from the OpenAPI document
page_check    hold the document to a page of Bybit's documentation
faults        faults on purpose: each must turn a test red
mutation      thousands of small changes of bybit_ext: each must turn a test red
lowest        the lowest versions that pyproject.toml declares
command_docs  write the page of the command and the picture of its demo
benchmark     what a cancel costs here and in other people's clients
"""

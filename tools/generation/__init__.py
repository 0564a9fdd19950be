"""Write the client package from the OpenAPI document, or check that the committed one is what would be written.

    command    what scripts/regenerate.py does: read the arguments, demand the pinned tools
    package    a fresh package: generate, format, patch, mark
    staleness  how the committed package differs from a fresh one

generator.yaml holds the generator's settings.
"""

"""What the site is made of beside its pages: tables made from the code, and checks of the built site.

tables      the tables
pages       the places in the pages where they stand
command     write them, or check that they are fresh
docstrings  docstrings as the reference shows them
site        what must hold of the site once it is built
"""

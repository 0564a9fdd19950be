"""What scripts/command_docs does: write the command's page and the picture of its demo.

page      docs/command.md, from the command's own options and help
picture   docs/pictures/demo.svg, as the demo looks on a terminal
"""

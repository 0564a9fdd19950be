"""The `bybit` command: what the package does, from a shell.

app      the commands and their options
render   what they show: for people or as JSON
console  printing that cannot change what the exit status says
serve    `bybit sandbox`
demo     `bybit demo`
"""

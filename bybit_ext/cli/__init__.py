"""The `bybit` command: what the package does, from a shell.

app           the commands and their options
exchange      which exchange a command talks to, and whether it may change something there
requests      the requests that the options stand for
cancellation  cancel the orders, and show what became of each
listing       read all open orders
exit_status   what the exit status says
render        what the commands show: for people or as JSON
console       printing that cannot change what the exit status says
manual        what the help says beside the options
serve         `bybit sandbox`
explore       `bybit explore`
demo          `bybit demo`
timeline      draws the demo's races
"""

"""One call, of any operation of the document.

operations   build the request of a generated operation, parse its response
validation   whether a value is what its type hint says
call         the flow of one call: sign, send, process, send again
retry        when a request is sent again
responses    turn a reply into the operation's model or an error
evidence     what a reply says of the call
hooks        what a call tells while it runs: to the caller's hooks, to the log
flow         effects, deadlines, and what runs a flow
clock_sync   measure the exchange's clock
strict_json  JSON as the standard has it
"""

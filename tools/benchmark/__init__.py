"""Compare what a cancel costs in this project's clients and in others, over real sockets of this machine.

command      what scripts/benchmark does: measure, print the tables, write JSON and chart
plan         how many rounds and calls
clients      the clients, each by an adapter: open, cancel, close
target       what a client is pointed at, and the order that it cancels
canned       a server of canned answers, in a process of its own
turns        a client's process, and what it cancels in a turn
calls        measure calls: one in flight, or many
cold_start   measure whole processes, up to the answer of their first cancel
confirmed    measure confirmed cancels
answer_time  measure how quick this project's sandbox is
figures      what was measured; percentiles, medians, ratios
goals        the ratios that this project holds itself to
table        the tables
chart        the chart for the README

processes    the parent's end of a process that it asks in JSON
channel      the child's end
worker       the process of a client
loops        what it does: cancel one after another or many at once, and measure that
first_call   the process of a cold start
sandbox      the process of this project's sandbox

What is counted. Of calls: the time that the client's process computes, in user mode and in the system, in all its
threads, from before the first call to after the last, by `getrusage`; and each call's time from its start to its
return. That is all of a call: the request is built, signed and sent, the answer is received, parsed and looked at. Of a
cold start: all from the start of the process (Python, the imports, opening the client, TLS) to the answer of the first
cancel.

What is not. The server computes in a process of its own, but on the same cores: it answers by bytes that were made
before, so it takes the same share from all. Opening clients and connections is done before the clocks run, in a warm-up
before every batch; ending them after. Of confirmed cancels, the orders are placed before, and the stream stands.

What is the same for all. The order, its three fields in the body (bodies differ by a few spaces), one host, connections
that are kept alive, no logging, as many calls, and the headers that Bybit sends. All clients have the library's own
defaults, but for the connections that it may keep: as many as there are calls in flight. Calls in flight are tasks for
coroutines, threads for the others; a client that is not safe in threads has one session in each.

How. Every client has a process of its own, and all take turns, A B C A B C: what else this machine does hits all alike.
A ratio is taken round by round, against the reference of the same round; what is shown is the median of all rounds.
Absolute times are those of this machine and this hour, and stand in the JSON file and in notes.
"""

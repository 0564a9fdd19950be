"""A server of canned answers, quick enough that the client is what is measured. It runs in a process of its own.

__main__        the process: starts the server and obeys commands
server          the server: its loop, its ports, the orders that are placed there
http            the requests of a connection, and its answers
answers         what is answered, with the headers that Bybit sends
orders          the orders that were placed, and their reports
private_stream  the stream that reports their ends
trade_stream    the trade WebSocket: it acknowledges cancels
certificates    an authority and a certificate, made on the fly
"""

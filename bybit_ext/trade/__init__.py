"""The trade WebSocket as an engine: orders over one connection, many in flight; everything else over HTTP.

It keeps the promises of `bybit_ext.engines.interface`, and what comes back is a `Reply` as from HTTP, so all above it
does not know the difference.

    settings      how to reach it
    messages      requests and answers, to and from what every engine takes and returns
    protocol      one connection's side of the protocol, without I/O
    connection    one connection: bytes out, bytes in, calls in flight
    pool          the connections of one event loop: one for new calls, and those that still await answers
    engine_async  the engine for coroutines
    engine_sync   the engine for threads: the same connections, in an event loop in a thread
    selection     which engine a client gets

Source: https://bybit-exchange.github.io/docs/v5/websocket/trade/guideline
"""

"""The private stream of orders.

    events        what it reports: orders, its state, its end
    settings      how to reach it
    protocol      its messages, without I/O
    connection    one connection: open, log in, subscribe, read, ping, close
    reconnecting  connections for ever, one after another
    broadcast     events handed to who waits for them, threads
    subscription_async  the same for coroutines
    runners       a stream in a thread, or in a task

Source: https://bybit-exchange.github.io/docs/v5/websocket/private/order
"""

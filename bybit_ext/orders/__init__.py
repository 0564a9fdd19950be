"""What is done about orders, as flows without I/O.

requests     what the calls take, and how a cancel names its order
order_calls  the calls about one order: cancel it, read it from either list
queries      orders of a list, read leniently
identity     is a reported order the one that the call is about?
reports      what has been reported of the orders that can be the one
quantities   exact quantities, with their unit
cancel       ask to cancel
tracker      the confirmation as a state machine
confirm      the flow that does what the tracker decides
batch        cancel several orders by few requests
together     many flows as one, over one subscription to the stream
joint_cancel cancels of orders that are confirmed together
cancel_all   cancel all orders of a kind
place        place an order, never twice
outcomes     what became of many orders
"""

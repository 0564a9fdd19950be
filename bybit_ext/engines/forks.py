"""What a forked child does with connections that it inherits: it forgets them, and opens its own.

The parent goes on using the sockets, so the child only closes its copies: the server must see the connection end when
the parent ends it, and must not hear the child's good-bye.

One thing is beyond any library in Python: OpenSSL has one lock for its random numbers. A fork in the very moment in
which another thread shakes hands can leave it locked in the child, which then waits for ever when it shakes hands
itself. So fork before other threads connect, or start processes by spawn or forkserver, as Python does from 3.14 on.
"""

import os
import socket
import weakref
from contextlib import suppress
from typing import Protocol


class Inherited(Protocol):
    """What holds connections or locks that a forked child must not use."""

    def forget(self) -> None:
        """Serve a forked child: close its copies of the sockets, without a word to the server, and start anew."""
        ...


_inherited: "weakref.WeakSet[Inherited]" = weakref.WeakSet()
_sockets: "weakref.WeakSet[socket.socket]" = weakref.WeakSet()


def forget_in_children(one: Inherited) -> None:
    """Let forked children forget what this object holds, for as long as it lives."""
    _inherited.add(one)


def close_in_children(opened: socket.socket) -> None:
    """Let forked children close their copy of this socket, whoever holds it: a thread may be about to connect it."""
    _sockets.add(opened)


def _forget() -> None:
    for opened in list(_sockets):
        opened.close()
    for one in list(_inherited):
        with suppress(Exception):  # a child must live, whatever state its parent was in
            one.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)

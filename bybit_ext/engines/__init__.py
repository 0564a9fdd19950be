"""The seam to HTTP.

interface        what every engine promises: `Engine`, `AsyncEngine`, `Request`, `Reply`, `Lost`
selection        which engine a client gets
settings         what every engine needs to know
engine_sync      the engine for threads: connections, places, closing, forks
engine_async     the engine for coroutines
loops            what an engine for coroutines keeps for each event loop
connection_sync  one connection for threads
connection_async one connection for coroutines
http1            the protocol, without I/O: what is the same whichever library reads it
http1_h11        by h11, the default
http1_httptools  by httptools, the fast one
outgoing         the head of a request, the same from every engine
places           so many calls at once, whatever a signal handler does
transport        engines over a transport of httpx that the caller brings
as_transport     an engine as a transport of httpx, for the generated functions
hosts            the documented hosts, and the addresses of others
proxies          the proxy in between
tls              who trusts whom
sockets          opening a connection within a limit
tunnel           the tunnel through an HTTP proxy
threads          blocking work for coroutines
forks            what a forked child forgets
"""

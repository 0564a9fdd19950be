"""The seam to HTTP.

interface    what every engine promises: `Engine`, `AsyncEngine`, `Request`, `Reply`, `Lost`
selection    which engine a client gets
settings     what every engine needs to know
pool_sync    what the engines for threads share: connections, places, closing, forks
pool_async   what the engines for coroutines share
h11_sync     the default engine, for threads
h11_async    the default engine, for coroutines
http1        its protocol, without I/O
curl_sync    the fast engine, for threads
curl_async   the fast engine, for coroutines
curl         its connection, moved forward in steps that never block
outgoing     the head of a request, the same from every engine
transport    engines over a transport of httpx that the caller brings
as_transport an engine as a transport of httpx, for the generated functions
hosts        the documented hosts, and the addresses of others
proxies      the proxy in between
tls          who trusts whom
sockets      opening a connection within a limit
tunnel       the tunnel through an HTTP proxy
threads      blocking work for coroutines
forks        what a forked child forgets
"""

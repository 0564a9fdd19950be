"""The seam to HTTP.

interface    what every engine promises: `Engine`, `AsyncEngine`, `Request`, `Reply`, `Lost`
h11_sync     the default engine, for threads
h11_async    the default engine, for coroutines
http1        its protocol, without I/O
transport    engines over a transport of httpx that the caller brings
selection    which engine a client gets
settings     what every engine needs to know
hosts        the documented hosts, and the addresses of others
proxies      the proxy in between
tls          who trusts whom
sockets      opening a connection within a limit
threads      blocking work for coroutines
forks        what a forked child forgets
"""

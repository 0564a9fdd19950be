"""pycurl alone, with a request that is signed by hand: libcurl as it is, which can send a POST twice.

One for a thread.
"""

from collections.abc import Generator
from contextlib import closing, contextmanager

import pycurl  # pyright: ignore[reportMissingModuleSource] - the extra peers brings it

from tools.benchmark.clients import Cancel
from tools.benchmark.clients.by_hand import read_acknowledgement, sign_cancel
from tools.benchmark.target import PATH, Target


@contextmanager
def open_client(target: Target) -> Generator[Cancel]:
    """Cancel by `pycurl.Curl`."""
    with closing(pycurl.Curl()) as curl:
        curl.setopt(pycurl.URL, target.url + PATH)
        curl.setopt(pycurl.NOSIGNAL, 1)
        if target.ca_file:
            curl.setopt(pycurl.CAINFO, target.ca_file)

        def cancel(order_id: str) -> str:
            body, headers = sign_cancel(target, order_id)
            curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])
            curl.setopt(pycurl.POSTFIELDS, body)
            return read_acknowledgement(curl.perform_rb())

        yield cancel

"""The server's process: python -m tools.benchmark.canned DELAY [CERTIFICATE]. It places orders when it is asked to."""

import ssl
import sys

from tools.benchmark.canned.server import CannedServer
from tools.benchmark.channel import Channel


def main(delay: str, certificate: str | None = None) -> None:
    """Serve until the parent ends.

    Args:
        delay: seconds before an answer.
        certificate: a PEM file with key and certificate; None for clear text.
    """
    channel = Channel()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with CannedServer(float(delay), context) as server:
        channel.send(server.target._asdict())
        while question := channel.receive():
            orders = server.orders
            channel.send({"order_ids": orders.place(question["place"]), "readings": orders.readings})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""An authority and a certificate for this machine, made on the fly."""

import ssl
from pathlib import Path
from typing import NamedTuple

import certifi
import trustme


class Certificates(NamedTuple):
    """Files with certificates.

    Attributes:
        server: key and certificate of the server, as PEM.
        trusted: the authorities that clients trust: all that certifi has, as in real life, and the one made here.
    """

    server: Path
    trusted: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what the server proves who it is with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server)
        return context


def make_certificates(folder: Path) -> Certificates:
    """Write certificates to a folder."""
    made = Certificates(folder / "server.pem", folder / "trusted.pem")
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(made.server))
    made.trusted.write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.cert_pem.bytes())
    return made

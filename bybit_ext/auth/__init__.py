"""Who signs, with what, and when: everything about the API key.

credentials   an API key with its signing key, and where the two come from
keys          the two kinds of key, HMAC and RSA
log_in        the request that logs in to a WebSocket
signing       `sign`, and `BybitAuth` for the generated client
clock         the exchange's time, as far as it is known
redaction     keys and signatures taken out of text and of tracebacks
"""

from .clock import Clock
from .credentials import Credentials, load_credentials
from .signing import BybitAuth, sign

__all__ = ["BybitAuth", "Clock", "Credentials", "load_credentials", "sign"]

import pytest

from tools.benchmark.processes import Process, ProcessFailed, clean_environment, trusting

LIMIT = 30.0


def test_a_process_that_ends_has_failed_and_its_errors_are_quoted() -> None:
    quoted = r"(?s)tools\.benchmark\.worker nobody has ended.*KeyError"
    with Process("tools.benchmark.worker", "nobody", "{}") as process, pytest.raises(ProcessFailed, match=quoted):
        process.hear(LIMIT)


def test_a_process_that_has_ended_cannot_be_asked() -> None:
    process = Process("tools.benchmark.worker", "nobody", "{}")
    process.close()
    with pytest.raises(ProcessFailed, match="was ended"):
        process.ask({}, LIMIT)
    process.close()


def test_a_silent_process_has_failed() -> None:
    with Process("tools.benchmark.canned", "0") as process:
        process.hear(LIMIT)
        with pytest.raises(ProcessFailed, match="did not answer in time"):
            process.hear(0.01)


def test_nothing_of_the_environment_sends_a_client_elsewhere() -> None:
    kept = {"PATH": "/bin", "HOME": "/", "PYTHONPATH": "."}
    dropped = ("HTTPS_PROXY", "no_proxy", "BYBIT_API_KEY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
    assert clean_environment({**kept, **dict.fromkeys(dropped, "x")}) == kept
    assert trusting("ca.pem") == {"REQUESTS_CA_BUNDLE": "ca.pem", "SSL_CERT_FILE": "ca.pem"}

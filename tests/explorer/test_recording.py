"""Which of several sends was of what the page asked for."""

from bybit_ext.explorer.recording import RecordedSend, last_send

PATH = "/v5/order/cancel-batch"


def send(method: str, path: str, answer: str | None = "{}") -> RecordedSend:
    status = None if answer is None else 200
    return RecordedSend(method, path, "", "", status=status, answer=answer, problem=None, seconds=0.0)


def test_it_is_the_last_also_without_an_answer() -> None:
    answered, lost = send("POST", PATH), send("POST", PATH, None)
    assert last_send([answered, lost, send("GET", "/v5/order/realtime")], "POST", PATH) is lost


def test_it_is_not_what_was_sent_beside_it() -> None:
    asked = send("POST", PATH)
    assert last_send([asked, send("POST", "/v5/order/cancel")], "POST", PATH) is asked


def test_it_can_have_another_path() -> None:
    single = send("POST", "/v5/order/cancel")
    assert last_send([single, send("GET", "/v5/order/realtime")], "POST", PATH) is single


def test_of_none_it_is_none() -> None:
    assert last_send([send("GET", "/v5/order/realtime")], "POST", PATH) is None

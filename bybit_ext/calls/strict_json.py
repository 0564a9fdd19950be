"""JSON as the standard has it. Python's own reader takes NaN and Infinity too."""

import json
from typing import Any, NoReturn, cast


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def parse_json(text: str | bytes) -> Any:
    """Return the value that a text holds.

    Raises:
        ValueError: it is not JSON, or nested too deeply to be read.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def object_fields(value: object) -> dict[str, Any]:
    """Return the fields of a JSON object; none, if it is no object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}

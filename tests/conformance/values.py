"""JSON values at the ends of what there is, and values with one thing wrong."""

import copy
import json
from typing import Any, cast

from hypothesis import strategies as st

NUMBERS = (
    st.integers() | st.sampled_from([10**400, -(10**400), 2**63]) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = st.text(st.characters()) | st.sampled_from(["\ud800", "\0", "\u2028", "\U0001d7d8", "e\u0301"])
EMPTY: list[Any] = ["", {}, [], 0, False, None]


def values_with(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(EMPTY) | st.recursive(
        st.none() | st.booleans() | NUMBERS | TEXTS,
        lambda values: st.lists(values, max_size=4) | st.dictionaries(names, values, max_size=4),
        max_leaves=8,
    )


VALUES = values_with(TEXTS)
# Values that jsonschema-rs can judge: half a surrogate pair in a name is too much for it.
JUDGED = values_with(st.text())


def with_one_thing_wrong(data: st.DataObject, value: Any) -> Any:
    """Return a copy of an object in which one thing, anywhere, is another or gone. It may be right all the same."""
    wrong = copy.deepcopy(value)
    place = data.draw(st.sampled_from([one for one in parts_of(wrong) if one]))
    key = data.draw(st.sampled_from(sorted(place) if hasattr(place, "keys") else range(len(place))))
    if data.draw(st.booleans()):
        place[key] = data.draw(JUDGED)
    else:
        del place[key]
    return wrong


def without_half_pairs(value: Any) -> Any:
    """Return a value with U+FFFD for each half of a surrogate pair: jsonschema-rs cannot compare it."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def parts_of(value: Any) -> list[Any]:
    """Return all objects and lists in a value, itself too."""
    if not isinstance(value, dict | list):
        return []
    inner = cast("dict[str, Any]", value).values() if isinstance(value, dict) else cast("list[object]", value)
    return [value, *(part for one in inner for part in parts_of(one))]

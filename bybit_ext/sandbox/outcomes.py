"""What an operation answers, whoever carries the answer, and how a fault spoils what it says."""

import uuid
from typing import Any, Self

from attrs import evolve, field, frozen

from .exceptions import Refusal, not_found
from .faults import Fault

Result = dict[str, Any]

# What the exchange says of an order whose cancel lost a race: a test may show it to people.
_WORDS = {one.ret_code: one.ret_msg for one in (not_found("linear"), not_found("spot"))}


@frozen
class Outcome:
    """What an operation answers.

    Attributes:
        ret_code: 0 for an acceptance, otherwise why it is refused.
        ret_msg: the same in words.
        result: what was asked for.
        ext_info: more about it: of a batch, the code of each order.
    """

    ret_code: int = 0
    ret_msg: str = "OK"
    result: Result = field(factory=dict[str, Any])
    ext_info: Result = field(factory=dict[str, Any])

    @classmethod
    def refuse(cls, refusal: Refusal) -> Self:
        """Return the outcome of what is refused."""
        return cls(refusal.ret_code, refusal.ret_msg)

    def as_json(self) -> Result:
        """Return it by the names on the wire."""
        return {
            "retCode": self.ret_code,
            "retMsg": self.ret_msg,
            "result": self.result,
            "retExtInfo": self.ext_info,
        }


def spoil(outcome: Outcome, fault: Fault) -> Outcome:
    """Return what a fault makes of an outcome: another code, other ids, or shorter lists."""
    if fault.ret_code is not None:
        return Outcome(fault.ret_code, _WORDS.get(fault.ret_code, "a fault of the sandbox"))
    result = outcome.result
    if fault.foreign_ids:
        result = _with_foreign_ids(result)
    return evolve(
        outcome,
        result=_shortened(result, fault.missing_orders),
        ext_info=_shortened(outcome.ext_info, fault.missing_codes),
    )


def _with_foreign_ids(result: Result) -> Result:
    """Return a result that names orders that do not exist, in place of those that it names."""
    if "list" in result:
        return {**result, "list": [_with_foreign_ids(one) for one in result["list"]]}
    if "orderId" not in result:
        return result
    return {**result, "orderId": str(uuid.uuid4()), "orderLinkId": f"foreign-{uuid.uuid4().hex[:8]}"}


def _shortened(result: Result, count: int) -> Result:
    """Return a result whose list lacks so many of its last entries."""
    if not count or "list" not in result:
        return result
    return {**result, "list": result["list"][:-count]}

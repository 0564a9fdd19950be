"""What became of many orders: results beside the errors of those of which no result is known."""

from attrs import field, frozen
from bybit_v5.models import Order, OrderIds

from bybit_ext.errors import BybitError, OutcomeUnknown
from bybit_ext.results import CancelOutcome, RedactedReply, Serializable


@frozen
class CancelAllOutcome(Serializable):
    """What became of all orders of a kind.

    Attributes:
        before: the orders that were open when the call began, newest first.
        results: for each of these, in the same order, how it ended, or the error that says what is known.
        still_open: the orders of this kind that are open at the end; None if they could not be read.
        placed_meanwhile: those of `still_open` that the list did not show when the call began; it may lag.
        named: the ids of all orders that the exchange named in its answers.
        refusal: why nothing came of the request for all, though an order ended by itself; None if it was taken.
        reply: the last answer to the request for all; None if none came. Each of `results` has its own.

    Source: https://bybit-exchange.github.io/docs/v5/order/cancel-all
    """

    before: list[Order]
    results: list[CancelOutcome | BybitError]
    still_open: list[Order] | None
    placed_meanwhile: list[Order]
    named: list[OrderIds]
    refusal: BybitError | None = None
    reply: RedactedReply | None = field(default=None, eq=False, repr=False)

    @property
    def unlisted(self) -> dict[str, tuple[OrderIds, OutcomeUnknown]]:
        """The orders that the exchange named, though no list showed them when the call began.

        By the id of each: its ids, and the error that says what is known of it.
        """
        known = {order.order_id for order in self.before}
        message = "The exchange took the request to cancel it, but did not list it as open before."
        return {
            ids.order_id: (ids, OutcomeUnknown(message))
            for ids in self.named
            if ids.order_id and ids.order_id not in known
        }

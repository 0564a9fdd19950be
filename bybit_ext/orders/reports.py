"""What has been reported of the orders that can be the one that a call is about."""

from copy import copy

from attrs import define, field, frozen
from bybit_v5.models import Order

from bybit_ext.results import Source

from .identity import FINAL, Identity, Match, parse_time
from .quantities import read_quantities
from .requests import sendable_id

_MAX_REPORTS = 64  # orders that are remembered, the newest; no list shows more of one link id at once


@frozen
class Report:
    """The last thing that was reported of one order; the first, once its status is final.

    Attributes:
        order: the order.
        source: who reported it.
        is_final: whether its status never changes again.
    """

    order: Order
    source: Source
    is_final: bool


@define
class Reports:
    """The reports of one call.

    Attributes:
        identity: which order the call is about.
        saw_unreadable: whether an order was reported that can be the one, but whose id, quantities or time of creation
            make no sense: it proves nothing, and nothing is proven to be absent.
    """

    identity: Identity
    saw_unreadable: bool = False
    _by_id: dict[str, Report] = field(factory=dict[str, Report], init=False)

    def add(self, order: Order, source: Source) -> None:
        """Remember a report, unless it is about an order of another name.

        One that does not match by its times is remembered too: what is known of the exchange's clock may change.
        """
        if not self.identity.names(order):
            return
        if not order.category:
            order = copy(order)
            order.category = self.identity.name.category
        if not self._can_be_read(order):
            self.saw_unreadable = True
            return
        known = self._by_id.get(order.order_id)
        if known is None or not known.is_final:
            self._by_id[order.order_id] = Report(order, source, order.order_status in FINAL)
        if len(self._by_id) > _MAX_REPORTS:
            del self._by_id[min(self._by_id.values(), key=_age).order.order_id]

    def _can_be_read(self, order: Order) -> bool:
        has_time = self.identity.name.order_link_id is None or parse_time(order.created_time) is not None
        return sendable_id(order.order_id) is not None and has_time and read_quantities(order) is not None

    def matching(self, match: Match) -> list[Report]:
        """Return the reports of orders that match so surely, oldest order first."""
        found = [report for report in self._by_id.values() if self.identity.match(report.order) is match]
        return sorted(found, key=_age)

    @property
    def meant(self) -> Report | None:
        """The order that is certain to be the one; None if there is none.

        Of several with one link id, an older one had ended before the next was made, so the newest that was there when
        the call began is the one: reports of an older one may still come.
        """
        certain = self.matching(Match.CERTAIN)
        return certain[-1] if certain else None

    @property
    def last_order(self) -> Order | None:
        """The order as it was last seen; None if it was not."""
        return self.meant.order if self.meant else None


def _age(report: Report) -> tuple[int, int]:
    """Order reports by age. Of two orders of one ms, the older one changed last before the other one did."""
    order = report.order
    return parse_time(order.created_time) or 0, parse_time(order.updated_time) or 0

"""What the command's exit status says."""

from collections.abc import Iterable
from enum import IntEnum

from bybit_ext.errors import BybitError, InvalidInput, NotSent, Refused


class Exit(IntEnum):
    """The exit statuses, from best to worst: of several orders, the worst one counts.

    An order of which nothing is known has to be looked up; one that was not sent rests for certain; one that was
    refused may rest; one that was not cancelled has ended.
    """

    ACCEPTED = 0  # with --confirm: cancelled
    NOT_CANCELLED = 4
    REFUSED = 1
    WRONG_USAGE = 2
    NOT_SENT = 5
    OUTCOME_UNKNOWN = 3
    INTERRUPTED = 130  # as shells have it for Ctrl-C

    @property
    def words(self) -> str:
        """The status as a message and JSON show it."""
        return self.name.lower().replace("_", " ")


def worst(statuses: Iterable[Exit]) -> Exit:
    """Return the worst of several statuses; of none, the best there is."""
    return max(statuses, key=list(Exit).index, default=Exit.ACCEPTED)


def exit_of(error: BybitError) -> Exit:
    """Return the status that an error stands for."""
    if isinstance(error, InvalidInput):
        return Exit.WRONG_USAGE
    if isinstance(error, NotSent):
        return Exit.NOT_SENT
    is_refused = isinstance(error, Refused) and not error.earlier_send_may_have_cancelled
    return Exit.REFUSED if is_refused else Exit.OUTCOME_UNKNOWN

"""Draw a race on a time line: what a plain client says, what happened, and what this package says."""

import textwrap

from attrs import frozen
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

_LONGEST = 10  # dashes between the ends of a race's longest line
_WORDS_FROM = 44  # characters before the words, where they stand beside a line
_ROOM = 66  # characters that this needs; with fewer the words stand alone
_LEAST = 20  # characters that words get, however narrow the terminal


@frozen
class Moment:
    """What is said or happens.

    Attributes:
        words: what.
        seconds: when, from the request on.
    """

    words: str
    seconds: float

    @property
    def when(self) -> str:
        """When, for people."""
        return f"{self.seconds * 1000:.0f} ms"


@frozen
class Race:
    """A race between a cancel and what else happens to its order.

    Attributes:
        title: what is raced against.
        plain: what a plain client says, which sends the request once and reads the answer.
        happened: what happened.
        ours: what this package says.
    """

    title: str
    plain: Moment
    happened: Moment
    ours: Moment

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it as wide as there is room."""
        yield Text(self.title, "bold")
        for label, moment, style in (
            ("a plain client says", self.plain, "yellow"),
            ("what happened", self.happened, "bold"),
            ("bybit-v5 says", self.ours, "green"),
        ):
            if options.max_width < _ROOM:
                start, indent, words = f"  {label}\n    ", 4, f"{moment.when}: {moment.words}"
            else:
                line = self._line_to(moment, ascii_only=options.ascii_only)
                start, indent, words = f"  {label:21}{line} {moment.when}".ljust(_WORDS_FROM), _WORDS_FROM, moment.words
            lines = textwrap.wrap(words, max(_LEAST, options.max_width - indent), break_on_hyphens=False)
            yield Text.assemble(start, (f"\n{' ' * indent}".join(lines), style))

    def _line_to(self, moment: Moment, *, ascii_only: bool) -> str:
        longest = max(self.plain.seconds, self.happened.seconds, self.ours.seconds)
        end, dash = ("o", "-") if ascii_only else ("●", "─")
        return f"{end}{dash * round(moment.seconds / longest * _LONGEST)}{end}"

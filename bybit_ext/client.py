"""`Bybit` and `AsyncBybit`: the operations, with judgement."""

from types import TracebackType
from typing import Self

import httpx
from bybit_v5.api.trade import cancel_order

from .accepted import CancelAccepted, CancelOrderRequest, read_acknowledgement
from .answers import judge, judge_failure
from .evidence import Evidence
from .opening import Opened
from .operations import Answer, Arguments, Operation, write_request


class Bybit(Opened[httpx.BaseTransport]):
    """Bybit, over one connection pool. A context manager; safe to use from many threads."""

    def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: `bybit.call(get_server_time)`.

        Args:
            operation: a generated module, like `bybit_v5.api.market.get_server_time`.
            *args: none; the generated functions take keywords.
            **kwargs: the operation's arguments.

        Returns:
            The operation's accepted answer.

        Raises:
            BybitError: see `bybit_ext.errors`.
        """
        return self._call(operation, *args, **kwargs)[0]

    def cancel_order(self, order: CancelOrderRequest) -> CancelAccepted:
        """Ask the exchange to cancel one order.

        Args:
            order: one of the four request models of `bybit_v5.models`.

        Returns:
            The acknowledgement. It does not say that the order is cancelled.

        Raises:
            NotSent: nothing left this machine.
            Refused: the exchange answered no; the subclass tells why.
            OutcomeUnknown: the request may have been carried out.

        Source: https://bybit-exchange.github.io/docs/v5/order/cancel-order
        """
        return read_acknowledgement(order, *self._call(cancel_order, body=order))

    def _call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> tuple[Answer, Evidence]:
        http = self._open_pool()
        request = write_request(operation, http, *args, **kwargs)
        try:
            response = http.send(request)
        except httpx.HTTPError as error:
            raise judge_failure(error) from error
        return judge(operation, self._client, response, sends=1)

    def _open_pool(self) -> httpx.Client:
        return self._client.get_httpx_client()

    def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        self._open_pool().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncBybit(Opened[httpx.AsyncBaseTransport]):
    """Bybit, over one connection pool, as coroutines. An asynchronous context manager."""

    async def call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        """Run any generated operation and judge what comes back: see `Bybit.call`."""
        return (await self._call(operation, *args, **kwargs))[0]

    async def cancel_order(self, order: CancelOrderRequest) -> CancelAccepted:
        """Ask the exchange to cancel one order: see `Bybit.cancel_order`."""
        return read_acknowledgement(order, *await self._call(cancel_order, body=order))

    async def _call(
        self, operation: Operation[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> tuple[Answer, Evidence]:
        http = self._open_pool()
        request = write_request(operation, http, *args, **kwargs)
        try:
            response = await http.send(request)
        except httpx.HTTPError as error:
            raise judge_failure(error) from error
        return judge(operation, self._client, response, sends=1)

    def _open_pool(self) -> httpx.AsyncClient:
        return self._client.get_async_httpx_client()

    async def close(self) -> None:
        """Close the connections. Closing twice is safe."""
        await self._open_pool().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

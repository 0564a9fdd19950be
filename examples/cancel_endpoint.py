"""Cancel orders over HTTP, with FastAPI: `DELETE /orders/linear/BTCUSDT/ORDER_ID` answers how the order ended.

    uvicorn --factory examples.cancel_endpoint:create_app    # on testnet, with the keys of the environment

One `AsyncBybit` serves all requests, from the start of the program to its end. Whoever reaches this can cancel your
orders: put your own authentication before it.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Literal

from bybit_v5.models import CancelByOrderId
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bybit_ext import (
    AsyncBybit,
    BybitError,
    Environment,
    InvalidInput,
    InvalidRequest,
    NotSent,
    OrderClosed,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
)

# Of the classes of an error the most specific one counts. What is wrong with *our* key, clock or address is no fault of
# whoever called: 502.
STATUSES: dict[type[BybitError], int] = {
    InvalidInput: 422,
    InvalidRequest: 422,
    OrderNotFound: 404,
    OrderClosed: 409,
    RateLimited: 429,
    Refused: 502,
    NotSent: 503,  # nothing was sent: asking again is safe
    OutcomeUnknown: 504,  # not 202: nobody has accepted it, and not 500: it may have been carried out
    BybitError: 500,
}


def create_app(environment: Environment = "testnet", **options: Any) -> FastAPI:
    """Make the application. Takes the options of `AsyncBybit`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncBybit(environment=environment, **options) as bybit:
            app.state.bybit = bybit
            yield

    app = FastAPI(title="Cancel orders", lifespan=lifespan)
    app.add_api_route("/orders/{category}/{symbol}/{order_id}", cancel, methods=["DELETE"])
    app.add_exception_handler(BybitError, tell)
    app.add_exception_handler(404, tell_no_such_path)
    return app


async def cancel(
    request: Request, category: Literal["linear", "inverse", "spot", "option"], symbol: str, order_id: str
) -> dict[str, Any]:
    """Cancel an order, and answer how it ended once that is known."""
    bybit: AsyncBybit = request.app.state.bybit
    outcome = await bybit.cancel_and_confirm(CancelByOrderId(category, symbol, order_id))
    return {
        "cancelled": outcome.cancelled,
        "status": outcome.status,
        "filledQty": str(outcome.filled_qty),
        "remainingQty": str(outcome.remaining_qty),
    }


async def tell(_: Request, error: Exception) -> JSONResponse:
    """Answer with an error, by the HTTP status that says as much as is known."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    if isinstance(error, Refused) and error.earlier_send_may_have_cancelled:
        status = STATUSES[OutcomeUnknown]  # it may be this very call that cancelled the order
    return JSONResponse({"error": type(error).__name__, "message": str(error)}, status)


async def tell_no_such_path(_: Request, __: Exception) -> JSONResponse:
    """Answer where no path fits, as for a symbol with a slash: 404 would say that there is no such order."""
    message = "The path must be /orders/CATEGORY/SYMBOL/ORDER_ID."
    return JSONResponse({"error": "NoSuchPath", "message": message}, STATUSES[InvalidInput])

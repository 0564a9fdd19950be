# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.create_order_response import CreateOrderResponse
from ...models.error_response import ErrorResponse
from ...models.futures_limit_order import FuturesLimitOrder
from ...models.futures_market_order import FuturesMarketOrder
from ...models.option_limit_order import OptionLimitOrder
from ...models.option_market_order import OptionMarketOrder
from ...models.spot_limit_order import SpotLimitOrder
from ...models.spot_market_order import SpotMarketOrder
from ...models.spot_trigger_limit_order import SpotTriggerLimitOrder
from ...models.spot_trigger_market_order import SpotTriggerMarketOrder
from ...types import Response


def _get_kwargs(
    *,
    body: FuturesLimitOrder
    | FuturesMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v5/order/create",
    }

    if isinstance(body, FuturesLimitOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, FuturesMarketOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SpotLimitOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SpotMarketOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SpotTriggerLimitOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SpotTriggerMarketOrder):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, OptionLimitOrder):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreateOrderResponse | ErrorResponse | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> CreateOrderResponse | ErrorResponse:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = CreateOrderResponse.from_dict(data)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = ErrorResponse.from_dict(data)

            return response_200_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CreateOrderResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: FuturesLimitOrder
    | FuturesMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder,
) -> Response[CreateOrderResponse | ErrorResponse]:
    """Place an order

     Asks the exchange to place an order.

    `retCode` 0 acknowledges the request, as with a cancel: the order can still be rejected, which the
    `order` topic of the
    private WebSocket tells. Sent twice, it can place two orders: after a doubtful send, look the order
    up by its
    `orderLinkId`.

    Args:
        body (FuturesLimitOrder | FuturesMarketOrder | OptionLimitOrder | OptionMarketOrder |
            SpotLimitOrder | SpotMarketOrder | SpotTriggerLimitOrder | SpotTriggerMarketOrder):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreateOrderResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: FuturesLimitOrder
    | FuturesMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder,
) -> CreateOrderResponse | ErrorResponse | None:
    """Place an order

     Asks the exchange to place an order.

    `retCode` 0 acknowledges the request, as with a cancel: the order can still be rejected, which the
    `order` topic of the
    private WebSocket tells. Sent twice, it can place two orders: after a doubtful send, look the order
    up by its
    `orderLinkId`.

    Args:
        body (FuturesLimitOrder | FuturesMarketOrder | OptionLimitOrder | OptionMarketOrder |
            SpotLimitOrder | SpotMarketOrder | SpotTriggerLimitOrder | SpotTriggerMarketOrder):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreateOrderResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: FuturesLimitOrder
    | FuturesMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder,
) -> Response[CreateOrderResponse | ErrorResponse]:
    """Place an order

     Asks the exchange to place an order.

    `retCode` 0 acknowledges the request, as with a cancel: the order can still be rejected, which the
    `order` topic of the
    private WebSocket tells. Sent twice, it can place two orders: after a doubtful send, look the order
    up by its
    `orderLinkId`.

    Args:
        body (FuturesLimitOrder | FuturesMarketOrder | OptionLimitOrder | OptionMarketOrder |
            SpotLimitOrder | SpotMarketOrder | SpotTriggerLimitOrder | SpotTriggerMarketOrder):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreateOrderResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: FuturesLimitOrder
    | FuturesMarketOrder
    | OptionLimitOrder
    | OptionMarketOrder
    | SpotLimitOrder
    | SpotMarketOrder
    | SpotTriggerLimitOrder
    | SpotTriggerMarketOrder,
) -> CreateOrderResponse | ErrorResponse | None:
    """Place an order

     Asks the exchange to place an order.

    `retCode` 0 acknowledges the request, as with a cancel: the order can still be rejected, which the
    `order` topic of the
    private WebSocket tells. Sent twice, it can place two orders: after a doubtful send, look the order
    up by its
    `orderLinkId`.

    Args:
        body (FuturesLimitOrder | FuturesMarketOrder | OptionLimitOrder | OptionMarketOrder |
            SpotLimitOrder | SpotMarketOrder | SpotTriggerLimitOrder | SpotTriggerMarketOrder):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreateOrderResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

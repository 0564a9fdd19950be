# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.category import Category
from ...models.error_response import ErrorResponse
from ...models.get_order_history_response import GetOrderHistoryResponse
from ...models.query_order_filter import QueryOrderFilter
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    category: Category,
    symbol: str | Unset = UNSET,
    base_coin: str | Unset = UNSET,
    settle_coin: str | Unset = UNSET,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
    order_filter: QueryOrderFilter | Unset = UNSET,
    order_status: str | Unset = UNSET,
    start_time: int | Unset = UNSET,
    end_time: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_category: str = category
    params["category"] = json_category

    params["symbol"] = symbol

    params["baseCoin"] = base_coin

    params["settleCoin"] = settle_coin

    params["orderId"] = order_id

    params["orderLinkId"] = order_link_id

    json_order_filter: str | Unset = UNSET
    if not isinstance(order_filter, Unset):
        json_order_filter = order_filter

    params["orderFilter"] = json_order_filter

    params["orderStatus"] = order_status

    params["startTime"] = start_time

    params["endTime"] = end_time

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v5/order/history",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | GetOrderHistoryResponse | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> ErrorResponse | GetOrderHistoryResponse:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = GetOrderHistoryResponse.from_dict(data)

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
) -> Response[ErrorResponse | GetOrderHistoryResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str | Unset = UNSET,
    base_coin: str | Unset = UNSET,
    settle_coin: str | Unset = UNSET,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
    order_filter: QueryOrderFilter | Unset = UNSET,
    order_status: str | Unset = UNSET,
    start_time: int | Unset = UNSET,
    end_time: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> Response[ErrorResponse | GetOrderHistoryResponse]:
    """Read closed orders

     Reads closed orders of the last two years, seven days of them at a time. Orders that ended
    `Cancelled`, `Rejected` or `Deactivated` without a fill can be read for 24 hours only. May lag
    behind.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str | Unset): Symbol name, uppercase only.
        base_coin (str | Unset): Name of a coin, uppercase only.
        settle_coin (str | Unset): Name of a coin, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.
        order_filter (QueryOrderFilter | Unset): Kind of the orders to read: ordinary,
            conditional, and of spot take-profit or stop-loss, one-cancels-the-other, and take profit
            with stop loss.
        order_status (str | Unset): Status of the orders to read; new ones can appear.
        start_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        end_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        limit (int | Unset):
        cursor (str | Unset): Names a page, as the `nextPageCursor` of the page before does.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | GetOrderHistoryResponse]
    """

    kwargs = _get_kwargs(
        category=category,
        symbol=symbol,
        base_coin=base_coin,
        settle_coin=settle_coin,
        order_id=order_id,
        order_link_id=order_link_id,
        order_filter=order_filter,
        order_status=order_status,
        start_time=start_time,
        end_time=end_time,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str | Unset = UNSET,
    base_coin: str | Unset = UNSET,
    settle_coin: str | Unset = UNSET,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
    order_filter: QueryOrderFilter | Unset = UNSET,
    order_status: str | Unset = UNSET,
    start_time: int | Unset = UNSET,
    end_time: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> ErrorResponse | GetOrderHistoryResponse | None:
    """Read closed orders

     Reads closed orders of the last two years, seven days of them at a time. Orders that ended
    `Cancelled`, `Rejected` or `Deactivated` without a fill can be read for 24 hours only. May lag
    behind.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str | Unset): Symbol name, uppercase only.
        base_coin (str | Unset): Name of a coin, uppercase only.
        settle_coin (str | Unset): Name of a coin, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.
        order_filter (QueryOrderFilter | Unset): Kind of the orders to read: ordinary,
            conditional, and of spot take-profit or stop-loss, one-cancels-the-other, and take profit
            with stop loss.
        order_status (str | Unset): Status of the orders to read; new ones can appear.
        start_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        end_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        limit (int | Unset):
        cursor (str | Unset): Names a page, as the `nextPageCursor` of the page before does.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | GetOrderHistoryResponse
    """

    return sync_detailed(
        client=client,
        category=category,
        symbol=symbol,
        base_coin=base_coin,
        settle_coin=settle_coin,
        order_id=order_id,
        order_link_id=order_link_id,
        order_filter=order_filter,
        order_status=order_status,
        start_time=start_time,
        end_time=end_time,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str | Unset = UNSET,
    base_coin: str | Unset = UNSET,
    settle_coin: str | Unset = UNSET,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
    order_filter: QueryOrderFilter | Unset = UNSET,
    order_status: str | Unset = UNSET,
    start_time: int | Unset = UNSET,
    end_time: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> Response[ErrorResponse | GetOrderHistoryResponse]:
    """Read closed orders

     Reads closed orders of the last two years, seven days of them at a time. Orders that ended
    `Cancelled`, `Rejected` or `Deactivated` without a fill can be read for 24 hours only. May lag
    behind.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str | Unset): Symbol name, uppercase only.
        base_coin (str | Unset): Name of a coin, uppercase only.
        settle_coin (str | Unset): Name of a coin, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.
        order_filter (QueryOrderFilter | Unset): Kind of the orders to read: ordinary,
            conditional, and of spot take-profit or stop-loss, one-cancels-the-other, and take profit
            with stop loss.
        order_status (str | Unset): Status of the orders to read; new ones can appear.
        start_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        end_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        limit (int | Unset):
        cursor (str | Unset): Names a page, as the `nextPageCursor` of the page before does.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | GetOrderHistoryResponse]
    """

    kwargs = _get_kwargs(
        category=category,
        symbol=symbol,
        base_coin=base_coin,
        settle_coin=settle_coin,
        order_id=order_id,
        order_link_id=order_link_id,
        order_filter=order_filter,
        order_status=order_status,
        start_time=start_time,
        end_time=end_time,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str | Unset = UNSET,
    base_coin: str | Unset = UNSET,
    settle_coin: str | Unset = UNSET,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
    order_filter: QueryOrderFilter | Unset = UNSET,
    order_status: str | Unset = UNSET,
    start_time: int | Unset = UNSET,
    end_time: int | Unset = UNSET,
    limit: int | Unset = UNSET,
    cursor: str | Unset = UNSET,
) -> ErrorResponse | GetOrderHistoryResponse | None:
    """Read closed orders

     Reads closed orders of the last two years, seven days of them at a time. Orders that ended
    `Cancelled`, `Rejected` or `Deactivated` without a fill can be read for 24 hours only. May lag
    behind.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str | Unset): Symbol name, uppercase only.
        base_coin (str | Unset): Name of a coin, uppercase only.
        settle_coin (str | Unset): Name of a coin, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.
        order_filter (QueryOrderFilter | Unset): Kind of the orders to read: ordinary,
            conditional, and of spot take-profit or stop-loss, one-cancels-the-other, and take profit
            with stop loss.
        order_status (str | Unset): Status of the orders to read; new ones can appear.
        start_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        end_time (int | Unset): A time, in ms since 1970-01-01 UTC.
        limit (int | Unset):
        cursor (str | Unset): Names a page, as the `nextPageCursor` of the page before does.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | GetOrderHistoryResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            category=category,
            symbol=symbol,
            base_coin=base_coin,
            settle_coin=settle_coin,
            order_id=order_id,
            order_link_id=order_link_id,
            order_filter=order_filter,
            order_status=order_status,
            start_time=start_time,
            end_time=end_time,
            limit=limit,
            cursor=cursor,
        )
    ).parsed

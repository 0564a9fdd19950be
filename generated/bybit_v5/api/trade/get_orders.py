# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.category import Category
from ...models.get_orders_answer import GetOrdersAnswer
from ...models.refusal import Refusal
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    category: Category,
    symbol: str,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_category: str = category
    params["category"] = json_category

    params["symbol"] = symbol

    params["orderId"] = order_id

    params["orderLinkId"] = order_link_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v5/order/realtime",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> GetOrdersAnswer | Refusal | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> GetOrdersAnswer | Refusal:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = GetOrdersAnswer.from_dict(data)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_1 = Refusal.from_dict(data)

            return response_200_type_1

        response_200 = _parse_response_200(response.json())

        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[GetOrdersAnswer | Refusal]:
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
    symbol: str,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
) -> Response[GetOrdersAnswer | Refusal]:
    """Read orders back

     Reads open orders and the 500 most recently closed ones. Right after an acknowledged cancel it can
    still show the status from before.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str): Symbol name, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GetOrdersAnswer | Refusal]
    """

    kwargs = _get_kwargs(
        category=category,
        symbol=symbol,
        order_id=order_id,
        order_link_id=order_link_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
) -> GetOrdersAnswer | Refusal | None:
    """Read orders back

     Reads open orders and the 500 most recently closed ones. Right after an acknowledged cancel it can
    still show the status from before.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str): Symbol name, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GetOrdersAnswer | Refusal
    """

    return sync_detailed(
        client=client,
        category=category,
        symbol=symbol,
        order_id=order_id,
        order_link_id=order_link_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
) -> Response[GetOrdersAnswer | Refusal]:
    """Read orders back

     Reads open orders and the 500 most recently closed ones. Right after an acknowledged cancel it can
    still show the status from before.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str): Symbol name, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[GetOrdersAnswer | Refusal]
    """

    kwargs = _get_kwargs(
        category=category,
        symbol=symbol,
        order_id=order_id,
        order_link_id=order_link_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    category: Category,
    symbol: str,
    order_id: str | Unset = UNSET,
    order_link_id: str | Unset = UNSET,
) -> GetOrdersAnswer | Refusal | None:
    """Read orders back

     Reads open orders and the 500 most recently closed ones. Right after an acknowledged cancel it can
    still show the status from before.

    Args:
        category (Category): Product type. Classic accounts have no `option`.
        symbol (str): Symbol name, uppercase only.
        order_id (str | Unset): The exchange's id of the order; a UUID for derivatives, a long
            decimal number for spot, always as a string.
        order_link_id (str | Unset): The caller's own id of the order. Bybit lets one be created
            with up to 36 letters, digits, `-` and `_`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        GetOrdersAnswer | Refusal
    """

    return (
        await asyncio_detailed(
            client=client,
            category=category,
            symbol=symbol,
            order_id=order_id,
            order_link_id=order_link_id,
        )
    ).parsed

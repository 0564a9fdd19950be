# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancel_by_order_id import CancelByOrderId
from ...models.cancel_by_order_link_id import CancelByOrderLinkId
from ...models.cancel_order_response import CancelOrderResponse
from ...models.cancel_spot_by_order_id import CancelSpotByOrderId
from ...models.cancel_spot_by_order_link_id import CancelSpotByOrderLinkId
from ...models.error_response import ErrorResponse
from ...types import Response


def _get_kwargs(
    *,
    body: CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v5/order/cancel",
    }

    if isinstance(body, CancelByOrderId):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, CancelByOrderLinkId):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, CancelSpotByOrderId):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CancelOrderResponse | ErrorResponse | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> CancelOrderResponse | ErrorResponse:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = CancelOrderResponse.from_dict(data)

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
) -> Response[CancelOrderResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId,
) -> Response[CancelOrderResponse | ErrorResponse]:
    """Cancel an order

     Asks the exchange to cancel one unfilled or partially filled order, named by `orderId` or
    `orderLinkId`; if both are
    given and do not match, `orderId` is used.

    `retCode` 0 acknowledges the request. It does not say that the order is cancelled: the request is
    asynchronous, and
    the `order` topic of the private WebSocket tells how the order ended.

    Args:
        body (CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId |
            CancelSpotByOrderLinkId):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelOrderResponse | ErrorResponse]
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
    body: CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId,
) -> CancelOrderResponse | ErrorResponse | None:
    """Cancel an order

     Asks the exchange to cancel one unfilled or partially filled order, named by `orderId` or
    `orderLinkId`; if both are
    given and do not match, `orderId` is used.

    `retCode` 0 acknowledges the request. It does not say that the order is cancelled: the request is
    asynchronous, and
    the `order` topic of the private WebSocket tells how the order ended.

    Args:
        body (CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId |
            CancelSpotByOrderLinkId):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelOrderResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId,
) -> Response[CancelOrderResponse | ErrorResponse]:
    """Cancel an order

     Asks the exchange to cancel one unfilled or partially filled order, named by `orderId` or
    `orderLinkId`; if both are
    given and do not match, `orderId` is used.

    `retCode` 0 acknowledges the request. It does not say that the order is cancelled: the request is
    asynchronous, and
    the `order` topic of the private WebSocket tells how the order ended.

    Args:
        body (CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId |
            CancelSpotByOrderLinkId):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelOrderResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId | CancelSpotByOrderLinkId,
) -> CancelOrderResponse | ErrorResponse | None:
    """Cancel an order

     Asks the exchange to cancel one unfilled or partially filled order, named by `orderId` or
    `orderLinkId`; if both are
    given and do not match, `orderId` is used.

    `retCode` 0 acknowledges the request. It does not say that the order is cancelled: the request is
    asynchronous, and
    the `order` topic of the private WebSocket tells how the order ended.

    Args:
        body (CancelByOrderId | CancelByOrderLinkId | CancelSpotByOrderId |
            CancelSpotByOrderLinkId):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelOrderResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

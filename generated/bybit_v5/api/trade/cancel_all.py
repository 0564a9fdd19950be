# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancel_all_by_base_coin import CancelAllByBaseCoin
from ...models.cancel_all_by_settle_coin import CancelAllBySettleCoin
from ...models.cancel_all_by_symbol import CancelAllBySymbol
from ...models.cancel_all_options import CancelAllOptions
from ...models.cancel_all_response import CancelAllResponse
from ...models.cancel_all_spot import CancelAllSpot
from ...models.error_response import ErrorResponse
from ...types import Response


def _get_kwargs(
    *,
    body: CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions | CancelAllSpot,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v5/order/cancel-all",
    }

    if isinstance(body, CancelAllBySymbol):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, CancelAllByBaseCoin):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, CancelAllBySettleCoin):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, CancelAllSpot):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CancelAllResponse | ErrorResponse | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> CancelAllResponse | ErrorResponse:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = CancelAllResponse.from_dict(data)

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
) -> Response[CancelAllResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions | CancelAllSpot,
) -> Response[CancelAllResponse | ErrorResponse]:
    """Cancel all orders of a kind

     Asks the exchange to cancel all open orders of a category, of those that match. `symbol` goes before
    `baseCoin` before
    `settleCoin`. Of futures it cancels at most 500 orders, picked at random if there are more.

    `retCode` 0 acknowledges the request, as with a single cancel. The answer lists the orders that it
    is about.

    Args:
        body (CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions |
            CancelAllSpot):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelAllResponse | ErrorResponse]
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
    body: CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions | CancelAllSpot,
) -> CancelAllResponse | ErrorResponse | None:
    """Cancel all orders of a kind

     Asks the exchange to cancel all open orders of a category, of those that match. `symbol` goes before
    `baseCoin` before
    `settleCoin`. Of futures it cancels at most 500 orders, picked at random if there are more.

    `retCode` 0 acknowledges the request, as with a single cancel. The answer lists the orders that it
    is about.

    Args:
        body (CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions |
            CancelAllSpot):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelAllResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions | CancelAllSpot,
) -> Response[CancelAllResponse | ErrorResponse]:
    """Cancel all orders of a kind

     Asks the exchange to cancel all open orders of a category, of those that match. `symbol` goes before
    `baseCoin` before
    `settleCoin`. Of futures it cancels at most 500 orders, picked at random if there are more.

    `retCode` 0 acknowledges the request, as with a single cancel. The answer lists the orders that it
    is about.

    Args:
        body (CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions |
            CancelAllSpot):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelAllResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions | CancelAllSpot,
) -> CancelAllResponse | ErrorResponse | None:
    """Cancel all orders of a kind

     Asks the exchange to cancel all open orders of a category, of those that match. `symbol` goes before
    `baseCoin` before
    `settleCoin`. Of futures it cancels at most 500 orders, picked at random if there are more.

    `retCode` 0 acknowledges the request, as with a single cancel. The answer lists the orders that it
    is about.

    Args:
        body (CancelAllByBaseCoin | CancelAllBySettleCoin | CancelAllBySymbol | CancelAllOptions |
            CancelAllSpot):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelAllResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

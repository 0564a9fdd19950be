# Generated from spec/openapi.yaml by scripts/regenerate.py (openapi-python-client 0.29.1). Do not edit.

from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancel_batch import CancelBatch
from ...models.cancel_batch_response import CancelBatchResponse
from ...models.cancel_spot_batch import CancelSpotBatch
from ...models.error_response import ErrorResponse
from ...types import Response


def _get_kwargs(
    *,
    body: CancelBatch | CancelSpotBatch,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v5/order/cancel-batch",
    }

    if isinstance(body, CancelBatch):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CancelBatchResponse | ErrorResponse | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> CancelBatchResponse | ErrorResponse:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = CancelBatchResponse.from_dict(data)

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
) -> Response[CancelBatchResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatch | CancelSpotBatch,
) -> Response[CancelBatchResponse | ErrorResponse]:
    """Cancel several orders

     Asks the exchange to cancel up to 20 orders of one category, on spot up to 10.

    `retCode` 0 says that the batch was taken, and nothing of its orders: `retExtInfo.list` has a code
    for each of them, in
    the order of the request. Code 0 acknowledges the request for that order, as the answer to a single
    cancel does.

    Args:
        body (CancelBatch | CancelSpotBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelBatchResponse | ErrorResponse]
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
    body: CancelBatch | CancelSpotBatch,
) -> CancelBatchResponse | ErrorResponse | None:
    """Cancel several orders

     Asks the exchange to cancel up to 20 orders of one category, on spot up to 10.

    `retCode` 0 says that the batch was taken, and nothing of its orders: `retExtInfo.list` has a code
    for each of them, in
    the order of the request. Code 0 acknowledges the request for that order, as the answer to a single
    cancel does.

    Args:
        body (CancelBatch | CancelSpotBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelBatchResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatch | CancelSpotBatch,
) -> Response[CancelBatchResponse | ErrorResponse]:
    """Cancel several orders

     Asks the exchange to cancel up to 20 orders of one category, on spot up to 10.

    `retCode` 0 says that the batch was taken, and nothing of its orders: `retExtInfo.list` has a code
    for each of them, in
    the order of the request. Code 0 acknowledges the request for that order, as the answer to a single
    cancel does.

    Args:
        body (CancelBatch | CancelSpotBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelBatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatch | CancelSpotBatch,
) -> CancelBatchResponse | ErrorResponse | None:
    """Cancel several orders

     Asks the exchange to cancel up to 20 orders of one category, on spot up to 10.

    `retCode` 0 says that the batch was taken, and nothing of its orders: `retExtInfo.list` has a code
    for each of them, in
    the order of the request. Code 0 acknowledges the request for that order, as the answer to a single
    cancel does.

    Args:
        body (CancelBatch | CancelSpotBatch):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelBatchResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

"""What of a changed page, and of a changed document, shows as a difference."""

import json
import re

import pytest

from tests.page_check.conftest import Hold
from tests.page_check.support import (
    PAGE,
    PAGES,
    QUERY_PAGE,
    QUERY_SPEC,
    SPEC_TEXT,
    Outcome,
    differences,
    page_of,
    replace,
)
from tools.page_check.parser import read_page

EITHER_OR = ". Either `orderId` or `orderLinkId` is **required**"
TOP = "You must specify `orderId` or `orderLinkId`"
BOTH = ("orderId", "orderLinkId")
IDS = "`orderId`, `orderLinkId`"
ALL = "`inverse`, `linear`, `option`, `spot`"
NOT_ALLOWED = "the page's example is not allowed by the spec: "
UNREAD = "the page says what this check cannot read: "
ID = "11111111-2222-3333-4444-555555555555"
REQUEST = f'{{"category": "linear", "symbol": "ETHPERP", "orderLinkId": null, "orderId": "{ID}"}}'
RESULT = f'{{"orderId": "{ID}", "orderLinkId": "mine-1"}}'
RESPONSE = f'{{"retCode": 0, "retMsg": "OK", "result": {RESULT}, "retExtInfo": {{}}, "time": 1700000000000}}'
TPSL = "<li><code>tpslOrder</code></li>"
STOP = "<li>`StopOrder`, see"
DEFAULT = "If not passed,<br/>`Order` by default"


@pytest.mark.parametrize("name", ["cancel-order.md", "cancel-order.mdx", "server-time.md"])
def test_a_page_that_says_what_the_spec_says_has_no_differences(name: str) -> None:
    assert differences(read_page((PAGES / name).read_text())) == []


def test_a_page_of_a_query_that_says_what_the_spec_says_has_no_differences() -> None:
    assert differences(read_page(QUERY_PAGE), QUERY_SPEC) == []


REQUEST_CHANGES = {
    "a value is added": (
        [(TPSL, f"{TPSL}<li>`bboOrder`</li>")],
        ["orderFilter: the page lists `bboOrder`, the spec does not"],
    ),
    "a value is added behind the list": (
        [("If not passed,", "`bboOrder`\nIf not passed,")],
        ["orderFilter: the page lists `bboOrder`, the spec does not"],
    ),
    "a value is dropped": ([(TPSL, "")], ["orderFilter: the spec lists `tpslOrder`, the page does not"]),
    "a category is dropped": (
        [("`spot`, `option`", "`spot`")],
        ["category: the spec lists `option`, the page does not"],
    ),
    "a value is renamed": (
        [("`StopOrder`", "`stopOrder`")],
        [
            "orderFilter: the page lists `stopOrder`, the spec does not",
            "orderFilter: the spec lists `StopOrder`, the page does not",
        ],
    ),
    "a list disappears": (
        [("<li>`Order`</li>", ""), (TPSL, ""), (STOP, "<li>See")],
        [
            "orderFilter: the spec lists `Order`, the page does not",
            "orderFilter: the spec lists `StopOrder`, the page does not",
            "orderFilter: the spec lists `tpslOrder`, the page does not",
        ],
    ),
    "a list appears": (
        [("What is traded,", "What is traded: `BTCUSDT`, `ETHUSDT`,")],
        ["symbol: the page lists `BTCUSDT`, the spec does not", "symbol: the page lists `ETHUSDT`, the spec does not"],
    ),
    "a parameter is added": (
        [("|orderFilter |", "| brandNew | false | string | |\n|orderFilter |")],
        ["brandNew: on the page, not in the spec"],
    ),
    "a parameter is dropped": (
        [("|symbol |**true** |string |What is traded, like `ETHUSDT`, uppercase only|\n", "")],
        ["symbol: in the spec, not on the page"],
    ),
    "a parameter is renamed": (
        [("|symbol |", "|instrument |")],
        ["instrument: on the page, not in the spec", "symbol: in the spec, not on the page"],
    ),
    "a parameter becomes optional": (
        [("|symbol |**true** |", "|symbol |false |")],
        ["symbol: optional on the page, required in the spec"],
    ),
    "a parameter becomes required": (
        [("|orderFilter |false |", "|orderFilter |**true** |")],
        ["orderFilter: required by the page, optional in the spec"],
    ),
    "a type changes": (
        [("|orderId |false |string |", "|orderId |false |integer |")],
        ["orderId: `integer` on the page, `string` in the spec"],
    ),
    "no id is demanded any more": (
        [(TOP, "Tell"), (EITHER_OR, ""), (" <b>Either</b> `orderId` or `orderLinkId` is <i>required</i>", "")],
        [f"the spec requires one of {IDS}, the page does not"],
    ),
    "no id is demanded in one row": (
        [("The exchange's name of it" + EITHER_OR, "The exchange's name of it")],
        [f"orderId: the row does not say that one of {IDS} is required"],
    ),
    "an id is not demanded but allowed": (
        [("is **required**", "may be given")],
        [
            "orderId: the page lists `orderId`, the spec does not",
            "orderId: the page lists `orderLinkId`, the spec does not",
            f"orderId: the row does not say that one of {IDS} is required",
        ],
    ),
    "other ids are demanded": (
        [("`orderLinkId`, so", "`clientId`, so"), ("or `orderLinkId` is", "or `clientId` is")],
        [
            "the page requires one of `clientId`, `orderId`, the spec does not",
            f"the spec requires one of {IDS}, the page does not",
        ],
    ),
    "the top demands one id alone": (
        [(TOP, "You must specify `orderId`")],
        ["the page requires one of `orderId`, the spec does not"],
    ),
    "the top demands something else": (
        [(TOP, "You must say why"), (".\n- What has", ", and you must pay.\n- What has")],
        [f"{UNREAD}You must say why, so that the exchange knows which order is meant, and you must pay."],
    ),
    "a third id suffices": (
        [
            ("`orderLinkId`, so", "`orderLinkId`, or `clientId`, so"),
            (" or `orderLinkId` is", ", `orderLinkId`, or `clientId` is"),
        ],
        [
            f"the page requires one of `clientId`, {IDS}, the spec does not",
            f"the spec requires one of {IDS}, the page does not",
        ],
    ),
    "an id is demanded of one category": (
        [(EITHER_OR, EITHER_OR.replace("Either", "For **spot**, either"))],
        [
            f"orderId: the row does not say that one of {IDS} is required",
            f"orderLinkId: the row does not say that one of {IDS} with category `spot` is required",
        ],
    ),
    "spot only is dropped": (
        [("Spot trading **only**", "")],
        [f"orderFilter: goes with category {ALL} on the page, with `spot` in the spec"],
    ),
    "spot only becomes option only": (
        [("Spot trading **only**", "`option` **only**")],
        ["orderFilter: goes with category `option` on the page, with `spot` in the spec"],
    ),
    "spot only is said of another": (
        [("What is traded,", "Spot trading **only**,")],
        [f"symbol: goes with category `spot` on the page, with {ALL} in the spec"],
    ),
    "a category is excluded": (
        [("What is traded,", "What is traded, `spot`: not supported,")],
        [f"symbol: goes with category `inverse`, `linear`, `option` on the page, with {ALL} in the spec"],
    ),
    "uppercase only is dropped": (
        [(", uppercase only", "")],
        ["symbol: uppercase only in the spec, the page does not say so"],
    ),
    "uppercase only is loosened": (
        [("uppercase only", "uppercase or lowercase")],
        ["symbol: uppercase only in the spec, the page does not say so"],
    ),
    "uppercase only is said of another": (
        [("Your name of it.", "Your name of it, uppercase only.")],
        ["orderLinkId: uppercase only on the page, the spec allows lower case"],
    ),
    "an example is not allowed": (
        [("like `ETHUSDT`", "like `eth`")],
        ["symbol: the page's example `eth` is not allowed by the spec"],
    ),
    "the default changes": (
        [("`Order` by default", "`tpslOrder` by default")],
        [
            "orderFilter: the page assumes `tpslOrder`, the spec does not",
            "orderFilter: the spec assumes `Order`, the page does not",
        ],
    ),
    "the default is dropped": ([(DEFAULT, "")], ["orderFilter: the spec assumes `Order`, the page does not"]),
    "a range appears": (
        [("Your name of it.", "Your name of it. [`1`, `2`].")],
        [
            "orderLinkId: the page allows 1, the spec does not",
            "orderLinkId: the page allows 2, the spec does not",
        ],
    ),
    "a rule appears": (
        [("Your name of it.", "Your name of it. It must be young.")],
        [f"orderLinkId: {UNREAD}It must be young."],
    ),
    "the request's example changes": (
        [('"symbol": "ETHPERP"', '"symbol": 1')],
        [NOT_ALLOWED + REQUEST.replace('"ETHPERP"', "1")],
    ),
    "the request's example is of another operation": (
        [("POST /v5/order/cancel HTTP", "POST /v5/order/amend HTTP")],
        ["the page's example is of another operation: POST /v5/order/amend"],
    ),
}

RESPONSE_CHANGES = {
    "a field is added": (
        [("|Your name of it |", "|Your name of it |\n| brandNew | string | |")],
        ["brandNew: on the page, not in the spec"],
    ),
    "a field is dropped": (
        [("|orderId |string |The exchange's name of it |\n", "")],
        ["orderId: in the spec, not on the page"],
    ),
    "a type changes": (
        [("|orderId |string |", "|orderId |integer |")],
        ["orderId: `integer` on the page, `string` in the spec"],
    ),
    "the example changes": (
        [('"retCode": 0,', '"retCode": "0",')],
        [NOT_ALLOWED + RESPONSE.replace('"retCode": 0', '"retCode": "0"')],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REQUEST_CHANGES.values(), ids=REQUEST_CHANGES.keys())
def test_a_changed_request_shows(changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert differences(page_of(*changes)) == ["request", *expected]


@pytest.mark.parametrize(("changes", "expected"), RESPONSE_CHANGES.values(), ids=RESPONSE_CHANGES.keys())
def test_a_changed_response_shows(changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert differences(page_of(*changes)) == ["response", *expected]


def test_an_example_that_is_cut_short_shows() -> None:
    part, line = differences(page_of(('    "time": 1700000000000\n}\n', "")))
    assert (part, line.startswith("the page's example is not JSON: ")) == ("response", True)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "|\\> qty |",
            "|\\> quantity |",
            ["list.quantity: on the page, not in the spec", "list.qty: in the spec, not on the page"],
        ),
        ("|> fees |", "|>> scale | integer | |\n|> fees |", ["list.qty.scale: on the page, not in the spec"]),
        ("|\\> qty |string |", "|\\> qty |number |", ["list.qty: `number` on the page, `string` in the spec"]),
        ("|list |array |", "|list |object |", ["list: `object` on the page, `array` in the spec"]),
        ("|> fees |json |", "|> fees |array |", ["list.fees: `array` on the page, `object` in the spec"]),
    ],
)
def test_a_changed_nested_field_shows(old: str, new: str, expected: list[str]) -> None:
    assert differences(page_of((old, new), page=QUERY_PAGE), QUERY_SPEC) == ["response", *expected]


QUERY = {"symbol": "ETHUSDT", "category": "linear", "openOnly": 0, "limit": 1}
QUERY_CHANGES = {
    "a parameter becomes required": (
        ("|orderId |conditional |", "|orderId |true |"),
        ["orderId: required by the page, optional in the spec"],
    ),
    "a category is dropped": (("`spot`, `option`", "`spot`"), ["category: the spec lists `option`, the page does not"]),
    "uppercase only is dropped": (
        (", uppercase only", ""),
        ["symbol: uppercase only in the spec, the page does not say so"],
    ),
    "a default appears": (
        ("The exchange's name of it|", "Default: `x`|"),
        ["orderId: the page assumes `x`, the spec does not"],
    ),
    "a number is listed": (
        ("`1`: the others", "`2`: the others"),
        ["openOnly: the page lists `2`, the spec does not", "openOnly: the spec lists `1`, the page does not"],
    ),
    "another number is marked as the default": (
        ("`0`(default): those that can still be filled</li><li>`1`", "`0`: those that can</li><li>`1`(default)"),
        ["openOnly: the page assumes `1`, the spec does not", "openOnly: the spec assumes `0`, the page does not"],
    ),
    "the range grows": (
        ("[`1`, `50`]", "[`0`, `51`]"),
        ["limit: the page allows 0, the spec does not", "limit: the page allows 51, the spec does not"],
    ),
    "the range shrinks": (
        ("[`1`, `50`]", "[`2`, `49`]"),
        ["limit: the page forbids 1, the spec allows it", "limit: the page forbids 50, the spec allows it"],
    ),
    "the page's token has another name": (
        ("Use the `nextPageCursor`", "Use the `next`"),
        ["cursor: the page takes it from `next`, which is not a field of its response"],
    ),
    "one of three is required of a category": (
        ("What it is paid in", "For **linear**, either `settleCoin` or `orderId` is **required**"),
        [
            "the page requires one of `orderId`, `settleCoin` with category `linear`, the spec does not",
            "orderId: the row does not say that one of `orderId`, `settleCoin` with category `linear` is required",
        ],
    ),
    "the example is not allowed": (
        ("limit=1 ", "limit=99 "),
        [NOT_ALLOWED + json.dumps({**QUERY, "limit": 99})],
    ),
    "the example has an unknown parameter": (
        ("limit=1 ", "limit=1&page=2 "),
        [NOT_ALLOWED + json.dumps({**QUERY, "page": "2"})],
    ),
    "the example's number is none": (
        ("limit=1 ", "limit=one "),
        [NOT_ALLOWED + json.dumps({**QUERY, "limit": "one"})],
    ),
    "the example lacks what is required": (
        ("category=linear&", ""),
        [NOT_ALLOWED + json.dumps({name: value for name, value in QUERY.items() if name != "category"})],
    ),
    "the example has no query": (("?symbol=ETHUSDT&category=linear&openOnly=0&limit=1", ""), [NOT_ALLOWED + "{}"]),
}


@pytest.mark.parametrize(("change", "expected"), QUERY_CHANGES.values(), ids=QUERY_CHANGES.keys())
def test_a_changed_query_shows(change: tuple[str, str], expected: list[str]) -> None:
    assert differences(page_of(change, page=QUERY_PAGE), QUERY_SPEC) == ["request", *expected]


BY_ORDER_ID, BY_ORDER_LINK_ID, SPOT_BY_ORDER_LINK_ID = (
    f"                - $ref: '#/components/schemas/Cancel{form}'\n"
    for form in ("ByOrderId", "ByOrderLinkId", "SpotByOrderLinkId")
)
SPEC_FAULTS = {
    "a value is missing": (
        ("enum: [Order, tpslOrder, StopOrder]", "enum: [Order, tpslOrder]"),
        ["request", "orderFilter: the page lists `StopOrder`, the spec does not"],
    ),
    "an enum is missing": (
        ("      enum: [Order, tpslOrder, StopOrder]\n", ""),
        [
            "request",
            "orderFilter: the page lists `Order`, the spec does not",
            "orderFilter: the page lists `StopOrder`, the spec does not",
            "orderFilter: the page lists `tpslOrder`, the spec does not",
        ],
    ),
    "an enum is missing in one form": (
        (
            "{$ref: '#/components/schemas/OrderFilter'}\n        orderLinkId",
            "{type: string, description: It assumes `Order`., examples: [Order]}\n        orderLinkId",
        ),
        [
            "request",
            "orderFilter: the page lists `Order`, the spec does not",
            "orderFilter: the page lists `StopOrder`, the spec does not",
            "orderFilter: the page lists `tpslOrder`, the spec does not",
        ],
    ),
    "a value is missing in one form": (
        (
            "{$ref: '#/components/schemas/OrderFilter'}\n        orderId",
            "{enum: [Order, tpslOrder], description: It assumes `Order`., examples: [Order]}\n        orderId",
        ),
        ["request", f"the page requires one of {IDS}, the spec does not"],
    ),
    "no id is required": (
        ("required: [category, symbol, orderId]", "required: [category, symbol]"),
        ["request", f"the page requires one of {IDS}, the spec does not"],
    ),
    "no id is required on spot": (
        ("required: [category, symbol, orderId, orderFilter]", "required: [category, symbol, orderFilter]"),
        [
            "request",
            f"the page requires one of {IDS}, the spec does not",
            f"the spec requires one of `orderFilter`, {IDS}, the page does not",
        ],
    ),
    "both ids are required": (
        ("required: [category, symbol, orderId]", "required: [category, symbol, orderId, orderLinkId]"),
        [
            "request",
            f"the page requires one of {IDS}, the spec does not",
            "the spec requires one of `orderLinkId`, the page does not",
        ],
    ),
    "an id does not suffice with some kinds of order": (
        (SPOT_BY_ORDER_LINK_ID, ""),
        ["request", f"the page requires one of {IDS}, the spec does not"],
    ),
    "a required parameter is optional in one form": (
        ("required: [category, symbol, orderLinkId, orderFilter]", "required: [category, orderLinkId, orderFilter]"),
        ["request", "symbol: required by the page, optional in the spec"],
    ),
    "an optional parameter is required": (
        (f"{BY_ORDER_ID}{BY_ORDER_LINK_ID}", ""),
        [
            "request",
            "category: the page lists `inverse`, the spec does not",
            "category: the page lists `linear`, the spec does not",
            "category: the page lists `option`, the spec does not",
            "orderFilter: optional on the page, required in the spec",
            NOT_ALLOWED + REQUEST,
        ],
    ),
    "a parameter has another name": (
        (
            "        orderFilter: {$ref: '#/components/schemas/OrderFilter'}\n",
            "        orderKind: {$ref: '#/components/schemas/OrderFilter'}\n",
        ),
        ["request", "orderFilter: on the page, not in the spec", "orderKind: in the spec, not on the page"],
    ),
    "a parameter has another type": (
        ("      type: [string, 'null']\n", "      type: [string, integer, 'null']\n"),
        ["request", "orderLinkId: `string` on the page, `integer`, `string` in the spec"],
    ),
    "spot only is not enforced by one id": (
        (
            "NoOrderId'}\n      not: *withOrderFilter\n",
            "NoOrderId'}\n",
        ),
        ["request", f"orderFilter: goes with category `spot` on the page, with {ALL} in the spec"],
    ),
    "lower case is allowed": (
        ("      pattern: '^[A-Z0-9][A-Z0-9._-]*$'\n", ""),
        ["request", "symbol: uppercase only on the page, the spec allows lower case"],
    ),
    "another default is described": (
        ("assumes `Order`", "assumes `StopOrder`"),
        [
            "request",
            "orderFilter: the page assumes `Order`, the spec does not",
            "orderFilter: the spec assumes `StopOrder`, the page does not",
        ],
    ),
    "null is forbidden": (
        ("type: [string, 'null']", "type: string"),
        ["request", NOT_ALLOWED + REQUEST],
    ),
    "a field has another name": (
        (
            "          type: string\n          examples: [linear-004, '']",
            "          type: string\n        linkId:\n          type: string",
        ),
        ["response", "linkId: in the spec, not on the page"],
    ),
    "a field has another type": (
        (
            "          type: string\n          examples: [linear-004, '']",
            "          type: integer\n          examples: [4]",
        ),
        [
            "response",
            "orderLinkId: `string` on the page, `integer` in the spec",
            NOT_ALLOWED + RESPONSE,
        ],
    ),
}


def lines_of(outcome: Outcome) -> list[str]:
    assert outcome.status == 1, outcome
    heading, *lines = outcome.output.splitlines()
    assert heading.endswith(": page and spec differ.")
    return [line.strip() for line in lines]


@pytest.mark.parametrize(("change", "expected"), SPEC_FAULTS.values(), ids=SPEC_FAULTS.keys())
def test_a_fault_of_the_spec_shows(hold: Hold, change: tuple[str, str], expected: list[str]) -> None:
    assert lines_of(hold(PAGE, replace(SPEC_TEXT, change))) == expected


def test_an_enum_that_may_be_null_is_held_too(hold: Hold) -> None:
    nullable = (
        "{anyOf: [{$ref: '#/components/schemas/OrderFilter'}, {type: 'null'}], "
        "description: It assumes `Order`., examples: [tpslOrder]}"
    )
    spec = replace(SPEC_TEXT, ("orderFilter: {$ref: '#/components/schemas/OrderFilter'}", f"orderFilter: {nullable}"))
    assert hold(PAGE, spec).status == 0
    lines = lines_of(hold(replace(PAGE, ("`StopOrder`", "`Stop`")), spec))
    assert "orderFilter: the spec lists `StopOrder`, the page does not" in lines


def test_fields_of_fields_are_held_too(hold: Hold) -> None:
    page = replace(
        QUERY_PAGE,
        ("|\\> qty |string |How much |\n", "|> qty |object | |\n|>> scale |integer | |\n|>> unit |string | |\n"),
    )
    fields = "qty: {type: object, properties: {scale: {type: integer}, unit: {const: BTC}}}"
    assert hold(page, replace(QUERY_SPEC.read_text(), ("qty: {type: string}", fields))).status == 0


@pytest.mark.parametrize(
    ("place", "expected"), [("query", ["request", "zone: in the spec, not on the page"]), ("header", None)]
)
def test_parameters_of_the_path_are_held_where_they_are_of_the_query(
    hold: Hold, place: str, expected: list[str] | None
) -> None:
    path = "  /v5/market/time:\n"
    shared = f"    parameters: [{{name: zone, in: {place}, schema: {{type: string}}, example: UTC}}]\n"
    outcome = hold((PAGES / "server-time.md").read_text(), replace(SPEC_TEXT, (path, path + shared)))
    assert (lines_of(outcome) if outcome.status else None) == expected


def test_a_request_that_is_one_schema_is_held_too(hold: Hold) -> None:
    spec = re.sub(
        r"anyOf:(\n +- \$ref: '#/components/schemas/Cancel(Spot)?ByOrder\w+'){4}",
        "$ref: '#/components/schemas/CancelSpotByOrderId'",
        SPEC_TEXT,
    )
    lines = lines_of(hold(PAGE, spec))
    assert "orderId: optional on the page, required in the spec" in lines
    assert "orderFilter: optional on the page, required in the spec" in lines

import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import check_page
import pytest
from regenerate import read_document

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "check_page.py"
SPEC = (ROOT / "spec" / "openapi.yaml").read_text()
PAGES = ROOT / "tests" / "pages"
PAGE = (PAGES / "cancel-order.md").read_text()
GET_PAGE = (PAGES / "get-orders.md").read_text()
SAVED = ROOT.parent / "shared" / "seed" / "cancel-order.md"

EITHER_OR = ". Either `orderId` or `orderLinkId` is **required**"
TOP = "You must specify `orderId` or `orderLinkId`"
BOTH = ("orderId", "orderLinkId")
IDS = "`orderId`, `orderLinkId`"
ALL = "`inverse`, `linear`, `option`, `spot`"
NOT_ALLOWED = "the page's example is not allowed by the spec: "
ID = "11111111-2222-3333-4444-555555555555"
REQUEST = f'{{"category": "linear", "symbol": "ETHPERP", "orderLinkId": null, "orderId": "{ID}"}}'
RESULT = f'{{"orderId": "{ID}", "orderLinkId": "mine-1"}}'
RESPONSE = f'{{"retCode": 0, "retMsg": "OK", "result": {RESULT}, "retExtInfo": {{}}, "time": 1700000000000}}'

# Reading the YAML takes most of the time, and most tests leave the spec alone.
read_once = cache(read_document)


class Outcome(NamedTuple):
    status: str | int | None
    output: str
    errors: str


Hold = Callable[..., Outcome]


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hold:
    """Run the script, on a page and perhaps a spec of the test's own, without starting another Python."""

    def run(page: str, spec: str = SPEC) -> Outcome:
        arguments = ["check_page.py", str(tmp_path / "page.md")]
        (tmp_path / "page.md").write_text(page)
        if spec == SPEC:
            monkeypatch.setattr(check_page, "read_document", read_once)
        else:
            (tmp_path / "openapi.yaml").write_text(spec)
            arguments += ["--spec", str(tmp_path / "openapi.yaml")]
        monkeypatch.setattr(sys, "argv", arguments)
        status: str | int | None
        try:
            status = check_page.main()
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return run


def replace(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def differences(outcome: Outcome) -> list[str]:
    """Return the lines below the first: the parts' names, and what they differ in."""
    assert outcome.status == 1, outcome
    heading, *lines = outcome.output.splitlines()
    assert heading.endswith(": page and spec differ.")
    return [line.strip() for line in lines]


def run_script(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *arguments], check=False, capture_output=True, text=True)


def test_a_matching_page_passes_and_the_script_says_what_it_held() -> None:
    done = run_script(PAGES / "cancel-order.md")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "POST /v5/order/cancel: page and spec agree (5 parameters, 2 response fields, 2 examples).\n"
    )


def test_a_changed_page_fails_and_the_difference_is_shown(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        replace(PAGE, ("`StopOrder`", "`StopOrder`\n-   `bboOrder`"), ("| orderLinkId | string |", "| id | string |"))
    )
    done = run_script(page)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "POST /v5/order/cancel: page and spec differ.\n"
        "request\n"
        "  orderFilter: the page lists `bboOrder`, the spec does not\n"
        "response\n"
        "  id: on the page, not in the spec\n"
        "  orderLinkId: in the spec, not on the page\n"
    )


@pytest.mark.skipif(not SAVED.is_file(), reason=f"there is no {SAVED.relative_to(ROOT.parent)} beside the project")
def test_the_spec_is_what_the_saved_page_says() -> None:
    done = run_script(SAVED)
    assert (done.returncode, done.stderr) == (0, "")
    assert "(5 parameters, 2 response fields, 2 examples)" in done.stdout


@pytest.mark.parametrize("name", ["get-orders.md", "server-time.md"])
def test_a_page_of_a_query_is_held_too(hold: Hold, name: str) -> None:
    assert hold((PAGES / name).read_text()).status == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("**", ""),
        ("| symbol | **true** | string |", "|  [symbol](/x)|**True**  |String|"),
        ("\n |\n", "\n|\n"),
        ("Your name of it", r"Your name of it (a \| b)"),
        ("| Parameter | Required", "None of these is left out:\n\n| Parameter | Required"),
        ("| :-- | :-- | :-- | --- |", "|---|:-:|---|--:|"),
        ("`linear`, `inverse`, `spot`, `option`\n", "`linear`<br>`inverse`\n\n- `spot`\n- `option`\n"),
    ],
)
def test_other_looks_are_no_difference(hold: Hold, old: str, new: str) -> None:
    outcome = hold(replace(PAGE, (old, new)))
    assert outcome.status == 0, outcome


REQUEST_CHANGES = {
    "a value is added": (
        [("`tpslOrder`\n", "`tpslOrder`\n-   `bboOrder`\n")],
        ["orderFilter: the page lists `bboOrder`, the spec does not"],
    ),
    "a value is added behind the list": (
        [("If not passed,", "`bboOrder`\nIf not passed,")],
        ["orderFilter: the page lists `bboOrder`, the spec does not"],
    ),
    "a value is dropped": ([("-   `tpslOrder`\n", "")], ["orderFilter: the spec lists `tpslOrder`, the page does not"]),
    "a value is dropped for all accounts": (
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
        [("-   `Order`\n-   `tpslOrder`\n-   `StopOrder`\n", ". ")],
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
        [("| orderFilter |", "| brandNew | false | string | |\n| orderFilter |")],
        ["brandNew: on the page, not in the spec"],
    ),
    "a parameter is dropped": (
        [("| symbol | **true** | string | What is traded, like `ETHUSDT`, uppercase only |\n", "")],
        ["symbol: in the spec, not on the page"],
    ),
    "a parameter is renamed": (
        [("| symbol |", "| instrument |")],
        ["instrument: on the page, not in the spec", "symbol: in the spec, not on the page"],
    ),
    "a parameter becomes optional": (
        [("| symbol | **true** |", "| symbol | false |")],
        ["symbol: optional on the page, required in the spec"],
    ),
    "a parameter becomes required": (
        [("| orderFilter | false |", "| orderFilter | **true** |")],
        ["orderFilter: required by the page, optional in the spec"],
    ),
    "a type changes": (
        [("| orderId | false | string |", "| orderId | false | integer |")],
        ["orderId: `integer` on the page, `string` in the spec"],
    ),
    "no id is demanded any more": (
        [(TOP, "Tell"), (EITHER_OR, "")],
        [f"the spec requires one of {IDS}, the page does not"],
    ),
    "no id is demanded in one row": (
        [("The exchange's name of it" + EITHER_OR, "The exchange's name of it")],
        [f"orderId: the row does not say that one of {IDS} is required"],
    ),
    "an id is not demanded but allowed": (
        [("is **required**", "may be given")],
        [f"{name}: the page lists `{word}`, the spec does not" for name in BOTH for word in BOTH],
    ),
    "other ids are demanded": (
        [("`orderLinkId`, so", "`clientId`, so"), (EITHER_OR, ". Either `orderId` or `clientId` is **required**")],
        [
            "the page requires one of `clientId`, `orderId`, the spec does not",
            f"the spec requires one of {IDS}, the page does not",
        ],
    ),
    "the top demands one id alone": (
        [(TOP, "You must specify `orderId`")],
        ["the page requires one of `orderId`, the spec does not"],
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
    "the default is dropped": (
        [("If not passed, `Order` by default", "")],
        ["orderFilter: the spec assumes `Order`, the page does not"],
    ),
    "the request's example changes": (
        [('"symbol": "ETHPERP"', '"symbol": 1')],
        [NOT_ALLOWED + REQUEST.replace('"ETHPERP"', "1")],
    ),
}

RESPONSE_CHANGES = {
    "a field is added": (
        [("| Your name of it |", "| Your name of it |\n| brandNew | string | |")],
        ["brandNew: on the page, not in the spec"],
    ),
    "a field is dropped": (
        [("| orderId | string | The exchange's name of it |\n", "")],
        ["orderId: in the spec, not on the page"],
    ),
    "a type changes": (
        [("| orderId | string |", "| orderId | integer |")],
        ["orderId: `integer` on the page, `string` in the spec"],
    ),
    "the example changes": (
        [('"retCode": 0,', '"retCode": "0",')],
        [NOT_ALLOWED + RESPONSE.replace('"retCode": 0', '"retCode": "0"')],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), REQUEST_CHANGES.values(), ids=REQUEST_CHANGES.keys())
def test_a_changed_request_shows(hold: Hold, changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert differences(hold(replace(PAGE, *changes))) == ["request", *expected]


@pytest.mark.parametrize(("changes", "expected"), RESPONSE_CHANGES.values(), ids=RESPONSE_CHANGES.keys())
def test_a_changed_response_shows(hold: Hold, changes: list[tuple[str, str]], expected: list[str]) -> None:
    assert differences(hold(replace(PAGE, *changes))) == ["response", *expected]


def test_an_example_that_is_cut_short_shows(hold: Hold) -> None:
    part, line = differences(hold(replace(PAGE, ('  "time": 1700000000000\n}\n', ""))))
    assert (part, line.startswith("the page's example is not JSON: ")) == ("response", True)


def test_a_page_without_examples_passes_and_the_script_says_so(hold: Hold) -> None:
    outcome = hold(PAGE[: PAGE.index("### Request Example")])
    assert (outcome.status, "0 examples" in outcome.output) == (0, True)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "| > qty |",
            "| > quantity |",
            ["list.quantity: on the page, not in the spec", "list.qty: in the spec, not on the page"],
        ),
        (
            "| > cumExecQty |",
            "| >> scale | integer | |\n| > cumExecQty |",
            ["list.qty.scale: on the page, not in the spec"],
        ),
        ("| > qty | string |", "| > qty | number |", ["list.qty: `number` on the page, `string` in the spec"]),
        ("| list | array |", "| list | object |", ["list: `object` on the page, `array` in the spec"]),
    ],
)
def test_a_changed_nested_field_shows(hold: Hold, old: str, new: str, expected: list[str]) -> None:
    assert differences(hold(replace(GET_PAGE, (old, new)))) == ["response", *expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| symbol | true |", "| symbol | false |", "symbol: optional on the page, required in the spec"),
        ("| orderId | false |", "| orderId | true |", "orderId: required by the page, optional in the spec"),
        ("`spot`, `option`", "`spot`", "category: the spec lists `option`, the page does not"),
        ("What is traded, uppercase only", "", "symbol: uppercase only in the spec, the page does not say so"),
        (
            "| conditional | string | Your name of it |",
            "| false | string | Your name of it. Default: `x` |",
            "orderLinkId: the page assumes `x`, the spec does not",
        ),
    ],
)
def test_a_changed_query_shows(hold: Hold, old: str, new: str, expected: str) -> None:
    assert differences(hold(replace(GET_PAGE, (old, new)))) == ["request", expected]


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


@pytest.mark.parametrize(("change", "expected"), SPEC_FAULTS.values(), ids=SPEC_FAULTS.keys())
def test_a_fault_of_the_spec_shows(hold: Hold, change: tuple[str, str], expected: list[str]) -> None:
    assert differences(hold(PAGE, replace(SPEC, change))) == expected


def test_an_enum_that_may_be_null_is_held_too(hold: Hold) -> None:
    nullable = (
        "{anyOf: [{$ref: '#/components/schemas/OrderFilter'}, {type: 'null'}], "
        "description: It assumes `Order`., examples: [tpslOrder]}"
    )
    spec = replace(SPEC, ("orderFilter: {$ref: '#/components/schemas/OrderFilter'}", f"orderFilter: {nullable}"))
    assert hold(PAGE, spec).status == 0
    lines = differences(hold(replace(PAGE, ("`StopOrder`", "`Stop`")), spec))
    assert "orderFilter: the spec lists `StopOrder`, the page does not" in lines


def test_fields_of_fields_are_held_too(hold: Hold) -> None:
    page = replace(
        GET_PAGE, ("| > qty | string | |\n", "| > qty | object | |\n| >> scale | integer | |\n| >> unit | string | |\n")
    )
    fields = "type: object\n          properties: {scale: {type: integer}, unit: {const: BTC}}\n"
    old = "description: Quantity of the order.\n          type: string\n"
    assert hold(page, replace(SPEC, (old, fields))).status == 0


def test_an_enum_of_numbers_is_held_too(hold: Hold) -> None:
    row = "| openOnly | false | integer | Which ones: `0`, `1` |\n"
    page = replace(GET_PAGE, ("| orderId | false |", row + "| orderId | false |"))
    parameter = "        - {name: openOnly, in: query, schema: {type: integer, enum: [0, 1]}, example: 0}\n"
    first = "      parameters:\n        - name: category\n"
    spec = replace(SPEC, (first, f"      parameters:\n{parameter}        - name: category\n"))
    assert hold(page, spec).status == 0
    lines = differences(hold(replace(page, ("`0`, `1`", "`0`, `2`")), spec))
    assert lines[1:] == [
        f"openOnly: the {one} lists `{value}`, the {other} does not"
        for one, value, other in (("page", 2, "spec"), ("spec", 1, "page"))
    ]


def test_what_an_absent_query_parameter_means_is_held_too(hold: Hold) -> None:
    page = replace(
        GET_PAGE, ("conditional | string | Your name of it", "false | string | Your name of it, `x` by default")
    )
    words = "description: The caller's own id of the order.\n          schema"
    spec = replace(SPEC, (words, words.replace("order.", "order; the exchange assumes `x`.")))
    assert hold(page, spec).status == 0


@pytest.mark.parametrize(
    ("place", "expected"), [("query", ["request", "zone: in the spec, not on the page"]), ("header", None)]
)
def test_parameters_of_the_path_are_held_where_they_are_of_the_query(
    hold: Hold, place: str, expected: list[str] | None
) -> None:
    path = "  /v5/market/time:\n"
    shared = f"    parameters: [{{name: zone, in: {place}, schema: {{type: string}}, example: UTC}}]\n"
    outcome = hold((PAGES / "server-time.md").read_text(), replace(SPEC, (path, path + shared)))
    assert (differences(outcome) if outcome.status else None) == expected


def test_a_request_that_is_one_schema_is_held_too(hold: Hold) -> None:
    spec = re.sub(
        r"anyOf:(\n +- \$ref: '#/components/schemas/Cancel\w+'){4}",
        "$ref: '#/components/schemas/CancelSpotByOrderId'",
        SPEC,
    )
    lines = differences(hold(PAGE, spec))
    assert "orderId: optional on the page, required in the spec" in lines
    assert "orderFilter: optional on the page, required in the spec" in lines


UNREADABLE = {
    "it is empty": (r"(?s).*", "", 'no section "HTTP Request"'),
    "it names no operation": ("POST `", "POST to `", "must name one operation"),
    "it names two operations": ("(POST `.*)", r"\1\n\nPOST `/v5/order/amend`", "must name one operation"),
    "its operation is not in the spec": (
        "/v5/order/cancel",
        "/v5/order/amend",
        "The spec has no POST /v5/order/amend.",
    ),
    "its method is not in the spec": ("POST `", "PUT `", "The spec has no PUT /v5/order/cancel."),
    "a section is missing": ("### Request Parameters", "### Parameters", 'no section "Request Parameters"'),
    "a section comes twice": (
        "### Request Example",
        "### Response Parameters",
        'more than one section "Response Parameters"',
    ),
    "the request's table is missing": (
        r"(?s)\| Parameter \| Required.*by default \|",
        "",
        "no table with the columns Parameter, Required",
    ),
    "the response's table is missing": (
        r"(?s)\| Parameter \| Type.*Your name of it \|\n",
        "",
        "no table with the columns Parameter, Type",
    ),
    "a table has no rows": (r"(?s)(\| Parameter \| Type.*?---) \|\n.*?\n\n", r"\1 |\n\n", "has no rows"),
    "a table has no line below its header": (r"(?m)^\| :-- \| :-- \| --- \|\n", "", "no line below its header"),
    "a table has another column": (r"Required \| Type", "Needed | Type", "no table with the columns"),
    "a table has a column more": (r"Type \| Comments \|", "Type | Since | Comments |", "whose cells are not"),
    "a table has a column less": (r"\| Parameter \| Required \|", "| Parameter |", "whose cells are not"),
    "a row has a cell less": (r"\| symbol \| \*\*true\*\* \|", "| symbol |", "whose cells are not"),
    "a row has a cell more": (r"\| symbol \|", "| symbol | x |", "whose cells are not"),
    "a row has no first pipe": (r"\| symbol \|", "symbol |", "whose cells are not"),
    "a row is followed by another table": (
        r"(uppercase only \|)\n",
        r"\1\n\n| a | b |\n| - | - |\n\n",
        "whose cells are not",
    ),
    "a row begins with text": (r"\| symbol \|", "new | symbol |", "whose cells are not"),
    "a row goes on": ("uppercase only \\|", "uppercase only | really", "goes on after its last cell"),
    "a row does not end": (r"`Order` by default \|", "`Order` by default", "does not end"),
    "a flag is unknown": (r"\*\*true\*\*", "often", "category: the page says `often`"),
    "a name is unreadable": (r"\| symbol \|", "| symbol (new) |", "a name that cannot be read: 'symbol (new)'"),
    "a nested name has no parent": (
        r"\| category |\| \[category\]\S+",
        "| > category",
        "a name that cannot be read: '> category'",
    ),
}


@pytest.mark.parametrize(("pattern", "new", "expected"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_page_of_another_form_is_refused(hold: Hold, pattern: str, new: str, expected: str) -> None:
    page = re.sub(pattern, new, PAGE)
    assert page != PAGE
    outcome = hold(page)
    assert (outcome.status, outcome.output) == (2, "")
    assert expected in outcome.errors


def test_a_page_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_bytes(b"\xff")
    for path in (tmp_path / "none.md", tmp_path, tmp_path / "page.md"):
        done = run_script(path)
        assert (done.returncode, done.stdout, "cannot be read" in done.stderr) == (2, "", True)


def test_no_page_is_wrong_usage() -> None:
    assert run_script().returncode == 2


@pytest.mark.parametrize("content", ["a: [", "words", "", "openapi: 3.1.1"])
def test_a_spec_that_is_none_is_wrong_usage(hold: Hold, content: str) -> None:
    outcome = hold(PAGE, content)
    assert (outcome.status, "is not an OpenAPI document" in outcome.errors) == (2, True)


def test_a_spec_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    done = run_script(PAGES / "cancel-order.md", "--spec", tmp_path / "none.yaml")
    assert (done.returncode, "there is no such file" in done.stderr) == (2, True)


def test_a_spec_without_an_accepted_answer_is_refused(hold: Hold) -> None:
    outcome = hold(PAGE, replace(SPEC, ("          const: 0\n", "          const: 1\n")))
    assert (outcome.status, "answer whose `retCode` is `const: 0`" in outcome.errors) == (2, True)


def test_a_spec_without_an_example_is_refused(hold: Hold) -> None:
    outcome = hold(PAGE, replace(SPEC, ("      examples: [my-order-1]\n", "")))
    assert (outcome.status, "orderLinkId: the spec gives no example" in outcome.errors) == (2, True)

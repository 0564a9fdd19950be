// The page: Swagger UI at work on the document, the open orders, and a report on each request.
import { Report, element } from "./report.js";

const CANCEL = { path: "/v5/order/cancel", key: ["operations", "trade", "cancelOrder"] };
const RETRY = 2000; // ms until the stream is asked for again
const find = (selector) => document.querySelector(selector);

const token = readToken();
const orders = new Map();
const reports = [];
const seen = []; // what the stream told, the newest last
const MOST_SEEN = 1000;
let exchange = "";
let ui = null;

// What stands behind # never leaves the browser. It is kept for this tab, and taken out of the address.
function readToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token");
}

function ask(path, options = {}) {
  return fetch(path, { ...options, headers: { ...options.headers, "X-Explorer-Token": token } });
}

function tell(text) {
  find("#notice").textContent = text;
  find("#notice").classList.add("problem");
}

// ---- a request of Swagger UI

async function send(url, request) {
  const method = request.method.toUpperCase();
  if (exchange === "mainnet" && method !== "GET" && !confirm("This is mainnet: real orders, real money. Send it?")) {
    throw new Error("Not sent: you said no.");
  }
  const report = new Report(method, new URL(url, location.href), request.body ?? "");
  reports.unshift(report);
  find("#reports .hint")?.remove();
  find("#reports h2").after(report.element);
  bringIntoView(report);
  try {
    const response = await ask(url, { method, headers: { "Content-Type": "application/json" }, body: request.body });
    if (!response.ok) throw new Error(await response.text());
    const content = await response.json();
    report.finish(content, seen);
    bringIntoView(report);
    return asResponse(content);
  } catch (error) {
    report.fail(error.message);
    throw error;
  }
}

// On a narrow screen, reports are not beside the operations.
function bringIntoView(report) {
  if (matchMedia("(max-width: 960px)").matches) report.element.scrollIntoView();
}

// What Swagger UI shows as the response: the exchange's answer, or why there is none.
function asResponse({ answer, verdict }) {
  const headers = { "Content-Type": "application/json" };
  if (answer) return new Response(answer.body, { status: answer.status, headers });
  const isNotSent = verdict.kind === "not sent";
  return new Response(JSON.stringify({ [verdict.name]: verdict.text, advice: verdict.advice }), {
    status: isNotSent ? 400 : 504,
    statusText: isNotSent ? "Not sent" : "No answer",
    headers,
  });
}

// ---- the open orders

function showOrders() {
  const rows = [...orders.values()].map((order) => {
    const fill = element("button", { type: "button", textContent: "Fill in", title: "Put it into “Cancel an order”" });
    fill.addEventListener("click", () => fillIn(order));
    const text = element("span", { className: "text" }, [
      element("b", { textContent: order.text }),
      element("small", { textContent: [order.linkId, order.id].filter(Boolean).join(" · ") }),
    ]);
    const item = element("li", {}, [element("span", { className: "status", textContent: order.status }), text, fill]);
    item.dataset.order = order.id;
    return item;
  });
  const none = element("li", { className: "hint", textContent: "There is none." });
  find("#orders ul").replaceChildren(...(rows.length ? rows : [none]));
}

function fillIn(order) {
  ui.layoutActions.show(CANCEL.key, true);
  const value = JSON.stringify(order.cancel, null, 2);
  ui.oas3Actions.setRequestBodyValue({ value, pathMethod: [CANCEL.path, "post"] });
  document.getElementById("operations-trade-cancelOrder")?.scrollIntoView({ behavior: "smooth" });
}

// ---- the private stream

async function listen() {
  for (;;) {
    let wait = RETRY;
    try {
      const response = await ask("/explorer/events");
      if (!response.ok) return;
      for await (const event of eventsOf(response.body)) {
        if (event.type === "failed") {
          showStream(false, `${event.verdict.name}: ${event.verdict.text}`);
          wait = 5 * RETRY;
        } else if (event.type === "order") take(event.order);
        else showStream(true, "Order updates of the private stream");
      }
    } catch {
      showStream(false, "The page's server is gone.");
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) yield JSON.parse(part.slice("data: ".length));
  }
}

function showStream(isOpen, title) {
  find("#stream").classList.toggle("open", isOpen);
  find("#stream").title = title;
}

function take(order) {
  const update = { order, at: performance.now() };
  seen.push(update);
  if (seen.length > MOST_SEEN) seen.shift();
  if (order.isFinal) orders.delete(order.id);
  else orders.set(order.id, order);
  showOrders();
  for (const report of reports) report.take(update);
}

// ---- the page

// Its own request is not the one that goes to the exchange: what curl would send is left out.
const withoutCurl = () => ({ wrapComponents: { curl: () => () => null, RequestSnippets: () => () => null } });

async function start() {
  if (!token) return tell("This page needs a token: open the URL that the command printed.");
  const response = await ask("/explorer/start");
  if (!response.ok) return tell(await response.text());
  const content = await response.json();
  exchange = content.exchange;
  document.body.dataset.exchange = exchange;
  find("#exchange").textContent = exchange;
  find("#host").textContent = content.host;
  for (const order of content.orders) orders.set(order.id, order);
  showOrders();
  if (content.problem) tell(`${content.problem.name}: ${content.problem.text} ${content.problem.advice}`);
  ui = SwaggerUIBundle({
    spec: content.document,
    domNode: find("#operations"),
    presets: [SwaggerUIBundle.presets.apis],
    plugins: [withoutCurl],
    layout: "BaseLayout",
    tryItOutEnabled: true,
    displayRequestDuration: false,
    defaultModelsExpandDepth: -1,
    docExpansion: "list",
    validatorUrl: null,
    requestInterceptor: (request) => Object.assign(request, { userFetch: send }),
    onComplete: () => ui.layoutActions.show(CANCEL.key, true),
  });
  listen();
}

start();

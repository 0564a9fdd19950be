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
const ended = new Set(); // ids of orders that have ended, however far the lists lag behind
const NO_BODY = [204, 205, 304]; // statuses with which a Response takes none
const notice = find("#notice").textContent;
let listed = { kinds: [], problem: null, notes: [] };
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

// The URL of a server that was started anew, pasted into this tab.
addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("token")) location.reload();
});

function ask(path, options = {}) {
  return fetch(path, { ...options, headers: { ...options.headers, "X-Explorer-Token": token } });
}

function tell(text) {
  find("#notice").textContent = text;
  find("#notice").classList.add("problem");
}

function showProblem(problem) {
  if (problem) return tell(`${problem.name}: ${problem.text} ${problem.advice}`);
  find("#notice").textContent = notice;
  find("#notice").classList.remove("problem");
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
  const { content, failure } = await askForReport(url, method, request.body);
  if (failure) {
    report.fail(failure);
    throw new Error(`${failure.headline}: ${failure.text}`);
  }
  report.finish(content, seen);
  bringIntoView(report);
  return asResponse(content);
}

// What the page's server says of a request; or, if it says nothing, what is known all the same.
async function askForReport(url, method, body) {
  let problem = "The page's server is gone.";
  try {
    const response = await ask(url, { method, headers: { "Content-Type": "application/json" }, body });
    if (response.ok) return { content: await response.json() };
    problem = await response.text();
    if (response.status < 500) return { failure: { kind: "not sent", headline: "Not sent", text: problem } };
  } catch {
    // It ended, or broke off: what was asked may have been sent before.
  }
  if (method === "GET") return { failure: { kind: "unknown", headline: "No answer", text: `${problem} Nothing was changed.` } };
  const text = `${problem} What was asked may have been carried out: look the order up before you act on it.`;
  return { failure: { kind: "unknown", headline: "Outcome unknown", text } };
}

// On a narrow screen, reports are not beside the operations.
function bringIntoView(report) {
  if (matchMedia("(max-width: 960px)").matches) report.element.scrollIntoView();
}

// What Swagger UI shows as the response: the exchange's answer, or why there is none.
function asResponse({ answer, verdict }) {
  const headers = { "Content-Type": "application/json" };
  // No other status can be given to a Response.
  if (answer && answer.status >= 200 && answer.status <= 599) {
    return new Response(NO_BODY.includes(answer.status) ? null : answer.body, { status: answer.status, headers });
  }
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
  const hints = rows.length || listed.problem ? listed.notes : [`There is none of ${listed.kinds.join(", ")}.`, ...listed.notes];
  rows.push(...hints.map((textContent) => element("li", { className: "hint", textContent })));
  find("#orders ul").replaceChildren(...rows);
}

// What is open by now. Of product types of which not all could be read, what is known stays.
function takeListed(content) {
  for (const [id, order] of orders) if (content.categories.includes(order.fields.category)) orders.delete(id);
  for (const order of content.orders) if (!ended.has(order.id)) orders.set(order.id, order);
  listed = content;
  showProblem(content.problem);
  showOrders();
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
      if (!response.ok) {
        showStream(false, "The page's server lets this tab in no more.");
        return tell(await response.text());
      }
      let end = "The page's server ended the stream.";
      for await (const event of eventsOf(response.body)) {
        if (event.type === "failed") {
          end = `${event.verdict.name}: ${event.verdict.text}`;
          wait = 5 * RETRY;
        } else if (event.type === "order") take(event.order);
        else if (event.type === "listed") takeListed(event);
        else if (event.type === "open") showStream(true, "Order updates of the private stream");
        else if (event.type === "gap") showStream(false, "Not connected: updates may be missed. It tries again.");
        else showStream(false, "Connecting …");
      }
      showStream(false, end);
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
  if (order.isFinal) ended.add(order.id);
  if (ended.has(order.id)) orders.delete(order.id);
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
  takeListed(content);
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

// The report on one request: the verdict, the call, the bytes, and what the private stream told of its orders.

export function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const KINDS = { done: "good", "not done": "warning", refused: "bad", unknown: "bad", "not sent": "neutral" };

export class Report {
  #started = performance.now();
  #method;
  #known; // text that names its orders
  #linkId = null; // of a new order whose id is not known
  #shown = new Set();
  #updates = element("ol", { className: "updates" });
  #summary = element("div", { className: "body" });
  #body = element("div", { className: "body" });
  #headline = element("strong", { textContent: "Sending …" });
  #name = element("code");

  constructor(method, url, body) {
    this.#method = method;
    this.#known = body;
    const path = url.pathname.replace("/explorer/run", "");
    const head = element("div", { className: "head" }, [this.#headline, this.#name]);
    const title = element("p", { className: "title", textContent: `${method} ${path}` });
    const stream = element("div", { className: "live" }, [element("h4", { textContent: "Private stream" }), this.#updates]);
    stream.hidden = true;
    this.element = element("article", { className: "report waiting" }, [head, title, this.#summary, stream, this.#body]);
  }

  finish({ verdict, python, sends }, seen) {
    this.element.classList.replace("waiting", KINDS[verdict.kind]);
    this.#headline.textContent = verdict.headline;
    this.#name.textContent = verdict.name;
    const advice = verdict.advice && element("p", { className: "advice", textContent: verdict.advice });
    this.#summary.append(...[element("p", { textContent: verdict.text }), advice].filter(Boolean));
    const parts = [python && element("pre", { className: "python", textContent: python })];
    parts.push(...sends.map((send, index) => showSend(send, index, sends.length)));
    parts.push(fold("Result, field by field", JSON.stringify(verdict.details, null, 2)));
    this.#body.append(...parts.filter(Boolean));
    this.#known += JSON.stringify(verdict.details);
    if (verdict.kind === "unknown") this.#linkId = verdict.details.order_link_id;
    for (const update of seen) this.take(update);
  }

  // There is no report: what is known all the same.
  fail({ kind, headline, text }) {
    this.element.classList.replace("waiting", KINDS[kind]);
    this.#headline.textContent = headline;
    this.#summary.append(element("p", { textContent: text }));
  }

  // Show an update of the stream, if it is of one of the report's orders, and came since the request.
  take(update) {
    const { order, at } = update;
    if (this.#method === "GET" || at < this.#started || this.#shown.has(update) || !this.#isAbout(order)) return;
    this.#shown.add(update);
    const time = element("time", { textContent: `+${Math.round(at - this.#started)} ms` });
    const status = element("b", { textContent: order.status });
    this.#updates.append(element("li", { className: order.isFinal ? "final" : "" }, [time, status, ` ${order.text}`]));
    this.#updates.parentElement.hidden = false;
  }

  // A new order of unknown outcome has only a link id until the stream tells its id. Another one may get it later.
  #isAbout(order) {
    if (this.#linkId && this.#linkId === order.linkId) {
      this.#known += order.id;
      this.#linkId = null;
    }
    return this.#known.includes(order.id);
  }
}

function showSend(send, index, count) {
  const title = count > 1 ? `Send ${index + 1}: ${send.method} ${send.path}` : "";
  const parts = [
    title && element("h4", { textContent: title }),
    send.request && fold("Bytes that were sent", send.request, index === 0),
    send.signed && fold("Text that was signed", send.signed, index === 0),
    send.answer === null
      ? element("p", { textContent: send.problem })
      : fold(`Answer: HTTP ${send.status}, ${Math.round(send.seconds * 1000)} ms`, indent(send.answer), index === 0),
  ];
  return element("div", { className: "send" }, parts.filter(Boolean));
}

function fold(title, text, isOpen = false) {
  return element("details", { open: isOpen }, [element("summary", { textContent: title }), element("pre", { textContent: text })]);
}

function indent(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

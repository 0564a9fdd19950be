// Places orders with bybit-api, unchanged, queries them, cancels one, a batch and all, and waits until its private stream
// has told how each of them ended.
const { RestClientV5, WebsocketClient } = require('bybit-api');

const { url, stream, key, secret } = JSON.parse(process.argv[2]);
const logger = { trace() {}, info() {}, error: console.error };
const client = new RestClientV5({ key, secret, baseUrl: url });
const socket = new WebsocketClient({ key, secret, wsUrl: stream }, logger);
const linear = { category: 'linear', symbol: 'BTCUSDT' };
const ends = new Map();
let placed = [];
let noticed = () => {};

function check(answer) {
  if (answer.retCode !== 0) throw new Error(JSON.stringify(answer));
  return answer;
}

async function waitForEnds(count) {
  while (placed.filter((orderId) => ends.has(orderId)).length < count) {
    await new Promise((resolve) => { noticed = resolve; });
  }
}

async function goThroughLife() {
  for (let number = 0; number < 5; number += 1) {
    const order = { side: 'Buy', orderType: 'Limit', qty: '0.01', price: '25000', orderLinkId: `node-${Date.now()}-${number}` };
    placed.push(check(await client.submitOrder({ ...linear, ...order })).result.orderId);
  }
  const queried = [];
  for (const orderId of placed) {
    const { result } = check(await client.getActiveOrders({ ...linear, orderId }));
    queried.push(...result.list.map((one) => one.orderStatus));
  }
  check(await client.cancelOrder({ ...linear, orderId: placed[0] }));
  const batch = placed.slice(1, 3).map((orderId) => ({ symbol: 'BTCUSDT', orderId }));
  const codes = check(await client.batchCancelOrders('linear', batch)).retExtInfo.list.map((one) => one.code);
  await waitForEnds(3);
  check(await client.cancelAllOrders(linear));
  await waitForEnds(5);
  console.log(JSON.stringify({ queried, codes, ends: placed.map((orderId) => ends.get(orderId)) }));
  process.exit(0);
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

socket.on('update', ({ data }) => {
  for (const order of data) {
    if (!['New', 'PartiallyFilled'].includes(order.orderStatus)) ends.set(order.orderId, order.orderStatus);
  }
  noticed();
});
socket.on('response', (response) => {
  if (response.op === 'subscribe') goThroughLife().catch(fail);
});
socket.on('exception', fail);
socket.subscribeV5('order', 'linear');
setTimeout(() => fail('not all ends were heard'), 30000);

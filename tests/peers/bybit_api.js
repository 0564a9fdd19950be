// Cancels an order with bybit-api, unchanged, and waits until its private stream tells how it ended.
const { RestClientV5, WebsocketClient } = require('bybit-api');

const { url, stream, key, secret, orderId } = JSON.parse(process.argv[2]);
const logger = { trace() {}, info() {}, error: console.error };
const client = new RestClientV5({ key, secret, baseUrl: url });
const socket = new WebsocketClient({ key, secret, wsUrl: stream }, logger);

socket.on('update', ({ data }) => {
  const order = data.find((one) => one.orderId === orderId && one.orderStatus === 'Cancelled');
  if (order) {
    console.log(JSON.stringify({ cancelled: order.orderId, status: order.orderStatus }));
    process.exit(0);
  }
});
socket.on('response', async (response) => {
  if (response.op !== 'subscribe') return;
  const answer = await client.cancelOrder({ category: 'linear', symbol: 'BTCUSDT', orderId });
  if (answer.retCode !== 0) {
    console.error(answer);
    process.exit(1);
  }
});
socket.on('exception', (error) => { console.error(error); process.exit(1); });
socket.subscribeV5('order', 'linear');
setTimeout(() => { console.error('nothing was heard'); process.exit(1); }, 30000);

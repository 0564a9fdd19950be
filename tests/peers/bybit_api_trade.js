// Cancels an order over the trade WebSocket with bybit-api, unchanged; then one that does not exist.
const { WebsocketAPIClient } = require('bybit-api');

const { trade, key, secret, orderId } = JSON.parse(process.argv[2]);
const logger = { trace() {}, info() {}, error() {} };
const client = new WebsocketAPIClient({ key, secret, wsUrl: trade }, logger);
const linear = { category: 'linear', symbol: 'BTCUSDT' };

async function cancelBoth() {
  const answer = await client.cancelOrder({ ...linear, orderId });
  const refused = await client.cancelOrder({ ...linear, orderId: 'unknown' }).catch((error) => error);
  console.log(JSON.stringify({ cancelled: answer.data.orderId, refused: refused.retCode }));
  process.exit(0);
}

cancelBoth().catch((error) => { console.error(error); process.exit(1); });
setTimeout(() => { console.error('nothing was answered'); process.exit(1); }, 30000);

// Drives Midtrans' own client against a simulator: node official_client.cjs ADDRESS SERVER_KEY
// Prints one JSON object per step: what was done, and the status that came of it.
'use strict';

const crypto = require('crypto');
const midtrans = require('midtrans-client');
const ApiConfig = require('midtrans-client/lib/apiConfig');

const [address, serverKey] = process.argv.slice(2);
ApiConfig.CORE_SANDBOX_BASE_URL = address;
ApiConfig.SNAP_SANDBOX_BASE_URL = `${address}/snap/v1`;

const options = { isProduction: false, serverKey, clientKey: 'unused' };
const snap = new midtrans.Snap(options);
const core = new midtrans.CoreApi(options);

const tell = (step, got) => console.log(JSON.stringify({ step, got: String(got) }));
const order = (id, amount = 150000) => ({
  transaction_details: { order_id: id, gross_amount: amount },
  item_details: [{ id: 'day1', name: 'Festival', price: 150000, quantity: 1 }],
  customer_details: { first_name: 'Siti', email: 'siti@example.id' },
});

// The code of a refusal, as the client hands it on.
const refused = (call) => call.then(
  (answer) => `not refused: ${JSON.stringify(answer)}`,
  (error) => error.httpStatusCode,
);

// The simulator's own controls stand for the customer and for the bank.
async function drive(id, to, channel) {
  const answer = await fetch(`${address}/sim/transactions/${id}/drive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, channel }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function begun(id, to, channel) {
  await snap.createTransaction(order(id));
  await drive(id, to, channel);
}

async function main() {
  const made = await snap.createTransaction(order('OFF-1'));
  tell('create', made.token && made.redirect_url ? 201 : JSON.stringify(made));
  const stranger = new midtrans.Snap({ ...options, serverKey: 'SB-Mid-server-OTHER' });
  tell('create_with_wrong_key', await refused(stranger.createTransaction(order('OFF-2'))));
  tell('create_with_wrong_sum', await refused(snap.createTransaction(order('OFF-2', 140000))));
  tell('status_before_a_channel', await refused(core.transaction.status('OFF-1')));

  await drive('OFF-1', 'settlement', 'qris');
  const paid = await core.transaction.status('OFF-1');
  tell('status', paid.transaction_status);
  const notice = { transaction_id: paid.transaction_id, order_id: 'OFF-1', transaction_status: 'pending' };
  tell('notification', (await core.transaction.notification(notice)).transaction_status);
  const signed = paid.order_id + paid.status_code + paid.gross_amount + serverKey;
  const digest = crypto.createHash('sha512').update(signed).digest('hex');
  tell('signature', digest === paid.signature_key);

  const part = { refund_key: 'OFF-1-a', amount: 50000, reason: 'one of three' };
  tell('refund_in_part', (await core.transaction.refund('OFF-1', part)).transaction_status);
  tell('refund_again_with_the_key', await refused(core.transaction.refund('OFF-1', part)));
  const rest = { refund_key: 'OFF-1-b', amount: 100000, reason: 'the rest' };
  tell('refund_the_rest_directly', (await core.transaction.refundDirect('OFF-1', rest)).transaction_status);

  await begun('OFF-3', 'pending', 'bank_transfer');
  tell('cancel', (await core.transaction.cancel('OFF-3')).transaction_status);
  tell('cancel_again', await refused(core.transaction.cancel('OFF-3')));
  await begun('OFF-4', 'pending', 'bank_transfer');
  tell('expire', (await core.transaction.expire('OFF-4')).transaction_status);
  tell('status_of_an_expired_one', (await core.transaction.status('OFF-4')).transaction_status);

  await begun('OFF-5', 'challenge', 'credit_card');
  tell('approve', (await core.transaction.approve('OFF-5')).transaction_status);
  await begun('OFF-6', 'challenge', 'credit_card');
  tell('deny', (await core.transaction.deny('OFF-6')).transaction_status);

  const again = await snap.createTransaction(order('OFF-4'));
  tell('reuse_after_expiry', again.token ? 201 : JSON.stringify(again));
  tell('reuse_after_payment', await refused(snap.createTransaction(order('OFF-1'))));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

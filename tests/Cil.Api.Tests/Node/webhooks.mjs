// A program that has its videos' ends told: endpoints through OpenAI's client, deliveries checked by it and by `standardwebhooks`.
// Says what it saw as one line of JSON.
import './globals.mjs';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import OpenAI, { toFile } from 'openai';
import { Webhook } from 'standardwebhooks';

const [baseURL, apiKey, otherKey, picture, certificate, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const other = new OpenAI({ baseURL, apiKey: otherKey, maxRetries: 0 });
const seen = {};

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { status: error.status, code: error.code, param: error.param, type: error.type };
  }
}

// The receiver: answers 500 to the first delivery, and takes the others.
const deliveries = [], waiting = [];
const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const delivery = { headers: request.headers, body: Buffer.concat(pieces).toString(), url: request.url };
  deliveries.push(delivery);
  response.writeHead(request.url === '/hook' && deliveries.filter(one => one.url === '/hook').length === 1 ? 500 : 204).end();
  waiting.shift()?.(delivery);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = `https://localhost:${server.address().port}`;
const next = () => new Promise(resolve => waiting.push(resolve));

async function check(delivery, secret) {
  const unwrapped = await client.webhooks.unwrap(delivery.body, delivery.headers, secret);
  const verified = new Webhook(secret).verify(delivery.body, delivery.headers);
  return unwrapped.id === verified.id && unwrapped.id === delivery.headers['webhook-id'] ? unwrapped : null;
}

seen.types = (await client.webhooks.eventTypes.list()).data;
const created = await client.webhooks.create({ name: 'mine', url: `${address}/hook`, event_types: ['video.completed', 'video.failed'] });
seen.created = created;
seen.retrieved = await client.webhooks.retrieve(created.id);
seen.badUrl = await refusal(() => client.webhooks.create({ name: 'x', url: 'http://example.org/', event_types: ['video.failed'] }));
seen.inside = await refusal(() => client.webhooks.create({ name: 'x', url: 'https://10.0.0.1/', event_types: ['video.failed'] }));
seen.foreign = [
  await refusal(() => other.webhooks.retrieve(created.id)),
  await refusal(() => other.webhooks.update(created.id, { name: 'theirs' })),
  await refusal(() => other.webhooks.rotateSecret(created.id)),
  await refusal(() => other.webhooks.test(created.id, { event_type: 'video.failed' })),
  await refusal(() => other.webhooks.delete(created.id)),
];
seen.othersList = (await other.webhooks.list()).data.length;

// A video's end: refused once, then taken.
const image = await toFile(await readFile(picture), 'picture.png', { type: 'image/png' });
let came = next();
const video = await client.videos.create({ prompt: 'it moves', input_reference: image, num_frames: 2, num_inference_steps: 1 });
const first = await came;
came = next();
const second = await came;
seen.event = await check(second, created.signing_secret);
seen.isOwn = seen.event.data.id === video.id && seen.event.type === 'video.completed';
seen.isSame = first.headers['webhook-id'] === second.headers['webhook-id'];
seen.firstHeld = (await check(first, created.signing_secret)) !== null;
seen.wrongSecret = (await refusal(() => check(second, `whsec_${Buffer.alloc(32).toString('base64')}`))) !== null;
seen.changedBody = (await refusal(() => check({ ...second, body: second.body.replace('completed', 'failed') }, created.signing_secret))) !== null;

// A new secret beside the old one.
const rotated = await client.webhooks.rotateSecret(created.id, { keep_old_secret_active_for_24_hours: true });
came = next();
seen.test = await client.webhooks.test(created.id, { event_type: 'video.failed' });
const both = await came;
seen.both = [await check(both, created.signing_secret), await check(both, rotated.signing_secret)].map(event => event?.type);
seen.isNew = rotated.signing_secret !== created.signing_secret;

// What has become of the deliveries, which the client has no call for.
const raw = path => client.get(path);
let listed;
do {
  listed = await raw(`/webhook_endpoints/${created.id}/deliveries`);
} while (listed.data[0].status === 'pending');
seen.deliveries = listed;
came = next();
await client.post(`/webhook_endpoints/${created.id}/deliveries/${seen.event.id}/resend`);
seen.resent = (await check(await came, rotated.signing_secret))?.id === seen.event.id;

seen.updated = await client.webhooks.update(created.id, { name: 'ours', event_types: ['video.failed'] });
for (let i = 0; i < 2; i++) await client.webhooks.create({ name: `more ${i}`, url: `${address}/more`, event_types: ['video.failed'] });
seen.tooMany = await refusal(() => client.webhooks.create({ name: 'one too many', url: `${address}/more`, event_types: ['video.failed'] }));
const all = [];
for await (const endpoint of client.webhooks.list({ limit: 2 })) all.push(endpoint.name);
seen.all = all;
seen.deleted = await client.webhooks.delete(created.id);
seen.gone = await refusal(() => client.webhooks.retrieve(created.id));
server.close();
server.closeAllConnections();
console.log(JSON.stringify(seen));

// A tenant that asks too often, through the client that its makers publish: refused without retries, and served with them.
import './globals.mjs';
import OpenAI from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const seen = {};
const once = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
try {
  for (let i = 0; i < 100; i++) await once.models.list();
} catch (error) {
  seen.refused = { status: error.status, code: error.code, type: error.type };
  seen.wait = error.headers.get('retry-after');
}

let requests = 0;
const patient = new OpenAI({ baseURL, apiKey, maxRetries: 5, fetch: (url, init) => (requests++, fetch(url, init)) });
seen.models = (await patient.models.list()).data.length;
seen.repeated = requests > 1;
console.log(JSON.stringify(seen));

// A program that follows a job with an EventSource, as a browser's page does. Its first connections are cut after one event.
// Says what it saw as one line of JSON.
import { EventSource } from 'eventsource';
import { readFile } from 'node:fs/promises';

const [url, picture] = process.argv.slice(2);
const post = (path, body) => fetch(`${url}/api/jobs${path}`, { method: 'POST', body });
const form = new FormData();
for (const [name, value] of Object.entries({ prompt: 'a thing', steps: '100', id: 'followed' })) form.append(name, value);
form.append('image', new Blob([await readFile(picture)]), 'picture.png');
await post('', form);
await post('/followed/pause');

const seen = { requests: [], events: [], alive: 0 };

// Ends after the first event that has data.
function cut(answer) {
  const reader = answer.body.getReader();
  let text = '';
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value);
      text += new TextDecoder().decode(value);
      if (/^data: ?\{/m.test(text) && text.endsWith('\n\n')) {
        await reader.cancel();
        controller.close();
      }
    },
  });
  return new Response(body, { status: answer.status, headers: answer.headers });
}

const source = new EventSource(`${url}/api/jobs/followed/events`, {
  fetch: async (address, init) => {
    const answer = await fetch(address, init);
    seen.requests.push({ status: answer.status, last: init.headers['Last-Event-ID'] ?? null });
    // It goes on when the page is there again.
    if (seen.requests.length === 2) await post('/followed/unpause');
    return seen.requests.length < 3 ? cut(answer) : answer;
  },
});
source.addEventListener('alive', () => seen.alive++);
source.addEventListener('job', event => seen.events.push({ id: event.lastEventId, state: JSON.parse(event.data).state, step: JSON.parse(event.data).step }));
await new Promise(resolve => {
  source.addEventListener('error', () => { if (source.readyState === EventSource.CLOSED) resolve(); });
});
console.log(JSON.stringify(seen));

// What a program does with the Videos API, through the client that its makers publish. Says what it saw as one line of JSON.
import './globals.mjs';
import OpenAI, { toFile } from 'openai';
import { readFile } from 'node:fs/promises';

const [baseURL, apiKey, picture] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey });
const seen = {};
const image = () => readFile(picture).then(bytes => toFile(bytes, 'picture.png', { type: 'image/png' }));

async function end(video) {
  while (video.status === 'queued' || video.status === 'in_progress') {
    await new Promise(resolve => setTimeout(resolve, 100));
    video = await client.videos.retrieve(video.id);
  }
  return video;
}

async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return { status: error.status, code: error.code, param: error.param, type: error.type };
  }
}

const created = await client.videos.create({ prompt: 'it moves to the right', model: 'sora-2', seconds: '1', input_reference: await image(), num_inference_steps: 2, seed: 7 });
seen.created = created;
seen.video = await end(created);
seen.bytes = Buffer.from(await (await client.videos.downloadContent(created.id)).arrayBuffer()).subarray(4, 8).toString();
seen.thumbnail = Buffer.from(await (await client.videos.downloadContent(created.id, { variant: 'thumbnail' })).arrayBuffer()).subarray(8, 12).toString();
seen.spritesheet = Buffer.from(await (await client.videos.downloadContent(created.id, { variant: 'spritesheet' })).arrayBuffer()).subarray(0, 2).toString('hex');
const remixed = await client.videos.remix(created.id, { prompt: 'it moves to the left' });
seen.remixed = await end(remixed);
const extended = await client.videos.extend({ prompt: 'it goes on', seconds: '1', video: { id: created.id } });
seen.extended = await end(extended);
const data = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`;
const fromUrl = await client.videos.create({ prompt: 'it moves', input_reference: { image_url: data }, num_frames: 4, num_inference_steps: 1 });
seen.fromUrl = await end(fromUrl);
const listed = [];
for await (const video of client.videos.list({ limit: 2, order: 'asc' })) listed.push(video.id);
seen.listed = listed.length === 4 && listed[0] === created.id && listed[3] === fromUrl.id;
seen.deleted = await client.videos.delete(created.id);
seen.gone = await refusal(() => client.videos.retrieve(created.id));
seen.wrongKey = await refusal(() => new OpenAI({ baseURL, apiKey: 'cil_wrong', maxRetries: 0 }).videos.list());
seen.noPicture = await refusal(() => client.videos.create({ prompt: 'it moves' }));
seen.badSize = await refusal(async () => client.videos.create({ prompt: 'it moves', size: '33x64', input_reference: await image() }));
seen.unknown = await refusal(async () => client.videos.create({ prompt: 'it moves', flow_shift: 3, input_reference: await image() }));
seen.models = (await client.models.list()).data.map(model => model.id);

// An answer that is lost: the client sends the same body again, and says so in a header.
let lost = 0;
const unlucky = new OpenAI({
  baseURL, apiKey, maxRetries: 2,
  fetch: async (url, init) => {
    const answer = await fetch(url, init);
    if (init.method?.toUpperCase() === 'POST' && lost++ === 0) {
      await answer.arrayBuffer();
      throw new TypeError('fetch failed');
    }
    return answer;
  },
});
const again = await end(await unlucky.videos.create({ prompt: 'once only', input_reference: await image(), num_frames: 2, num_inference_steps: 1 }));
seen.sent = lost;
const all = [];
for await (const video of client.videos.list()) if (video.prompt === 'once only') all.push(video.id);
seen.once = all.length === 1 && all[0] === again.id;
console.log(JSON.stringify(seen));

import { appendFileSync } from 'node:fs';
import { subscribe } from 'learning-record-ledger';

// A service that keeps a list of what it is to fetch. It ends when nothing came for two seconds, which
// a real one would not.
const stop = new AbortController();
let ending = setTimeout(() => stop.abort(), 2_000);

await subscribe(
  {
    bus: process.env['PLR_BUS'] ?? 'nats://127.0.0.1:4222',
    subscriber: 'college-records',
    signal: stop.signal,
    onDeadLetter: ({ sequence, reason }) => {
      process.stderr.write(`Message ${sequence} was given up: ${reason}\n`);
    },
  },
  ({ id, kind, data, dataref, redelivered }) => {
    // A message may come twice: the same work under the same id is harmless.
    switch (kind) {
      case 'achievement.recorded':
      case 'achievement.corrected':
      case 'sharing.restored':
        appendFileSync('to-fetch.txt', `${data.learner} ${dataref}\n`);
        break;
      case 'achievement.withdrawn':
      case 'sharing.withdrawn':
      case 'record.redacted':
        appendFileSync('to-erase.txt', `${data.learner} ${kind} ${id}\n`);
        break;
      case 'learner.merged':
      case 'learner.unmerged':
        appendFileSync('to-review.txt', `${data.learner} ${kind}\n`);
    }
    process.stdout.write(`${kind}${redelivered ? ', again' : ''}\n`);
    clearTimeout(ending);
    ending = setTimeout(() => stop.abort(), 2_000);
  },
);

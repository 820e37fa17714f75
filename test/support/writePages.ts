import { writeFileSync } from 'node:fs';
import { asyncapiPage } from './asyncapiPage.js';
import { eventsPage } from './eventsPage.js';

// `npm run docs`: writes the pages that the schemas generate, where it is run.
writeFileSync('docs/events.md', eventsPage());
writeFileSync('docs/asyncapi.yaml', asyncapiPage());

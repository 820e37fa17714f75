import { writeFileSync } from 'node:fs';
import { eventsPage } from './eventsPage.js';

// `npm run docs`: writes the page that the schemas generate, where it is run.
writeFileSync('docs/events.md', eventsPage());

import type { KeptView } from '../kept/keptView.js';
import { challenges } from './challenges.js';
import { decidedImports } from './decidedImports.js';
import { held } from './held.js';
import { merges } from './merges.js';
import { organisations } from './organisations.js';
import { register } from './register.js';
import { retention } from './retention.js';
import { reviews } from './reviews.js';
import { statistics } from './statistics.js';

/** Every kept view. */
export const keptViews: readonly KeptView[] = [
  register,
  challenges,
  statistics,
  held,
  organisations,
  reviews,
  merges,
  retention,
  decidedImports,
];

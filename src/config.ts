import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import { DEFAULT_POLICY, type RetentionPolicy } from '../domain/learner/retention/policy.js';
import { Purpose } from '../domain/purpose.js';
import { storeFile } from '../streams/openStore.js';
import type { KeptFiles } from '../streams/output.js';
import type { LedgerPlaces, LedgerPolicy } from './ledger/ledger.js';

/** Every environment variable that is read, with its default and meaning. The source of the table in `docs/operating.md`. */
export const environmentSchema = z.object({
  PLR_STORE: z
    .string()
    .default('sqlite:./data/ledger.db')
    .describe('The store, as a URL: `sqlite:<path>`, or `esdb://…` for one on a server'),
  PLR_STORE_USER: z
    .string()
    .optional()
    .describe('The user of a store on a server, where its URL names none'),
  PLR_STORE_TOKEN: z.string().optional().describe('A token instead, for NATS'),
  PLR_STORE_PASSWORD: z.string().optional().describe('That user’s password'),
  PLR_VAULT: z.string().default('./data/vault.db').describe('The vault that holds the keys'),
  PLR_VAULT_COPY: z
    .string()
    .optional()
    .describe('A second copy of the vault, on another volume; keys count only when both have them'),
  PLR_VIEWS: z.string().default('./data/views.db').describe('The kept views'),
  PLR_ACCESS: z
    .string()
    .regex(/\{year\}/, 'expected a store URL with {year} in it')
    .default('sqlite:./data/access-{year}.db')
    .describe('The access ledger: a store for each year, as a URL with `{year}` in it'),
  PLR_SUSPEND_AT: z
    .enum(['notice', 'warning', 'severe', 'never'])
    .default('severe')
    .describe('From which level of alert an organisation’s access is suspended at once'),
  PLR_MASTER: z
    .string()
    .default('./keys/master.key')
    .describe('The master key: outside the data folder, never in a backup'),
  PLR_BUS: z
    .string()
    .optional()
    .describe('The message bus that subscribers are told through, as a URL: `nats://<host>`'),
  PLR_AS: z.string().optional().describe('Who acts where `--as` is not given'),
  PLR_SCREENING: z
    .string()
    .optional()
    .describe('A JSON file that changes the words that screening looks for'),
  PLR_PURPOSE: Purpose.optional().describe('For what, where `--purpose` is not given'),
  PLR_RETENTION_YEARS: years(DEFAULT_POLICY.retentionYears).describe(
    'How many years records are kept after the last activity in them',
  ),
  PLR_REVIEW_YEARS: years(DEFAULT_POLICY.reviewYears).describe(
    'After how many years it is looked at again whether a record is kept',
  ),
});

/** What the environment says, parsed. */
export type Config = {
  readonly places: LedgerPlaces;
  /** The URL of the message bus; `null` where nothing is published. */
  readonly bus: string | null;
  readonly as: string | null;
  readonly purpose: Purpose | null;
  readonly policy: Omit<LedgerPolicy, 'screening'>;
  /** The path of a file of words for screening; `null` for the standard list. */
  readonly screening: string | null;
  readonly retention: RetentionPolicy;
};

/** Reads the environment once. Throws `ERR_INPUT_INVALID` naming every variable that is wrong. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is how a shell unsets one for a single command.
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const names = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')}: ${issue.message.replace(/^Invalid.*: /, '')}`,
    );
    throw new DomainError('ERR_INPUT_INVALID', names.join('; '));
  }
  const { data } = parsed;
  return {
    places: {
      store: data.PLR_STORE,
      vault: data.PLR_VAULT,
      vaultCopy: data.PLR_VAULT_COPY ?? null,
      views: data.PLR_VIEWS,
      access: data.PLR_ACCESS,
      master: data.PLR_MASTER,
    },
    bus: data.PLR_BUS ?? null,
    as: data.PLR_AS ?? null,
    purpose: data.PLR_PURPOSE ?? null,
    policy: { suspendAt: data.PLR_SUSPEND_AT },
    screening: data.PLR_SCREENING ?? null,
    retention: { retentionYears: data.PLR_RETENTION_YEARS, reviewYears: data.PLR_REVIEW_YEARS },
  };
}

/** The files that a ledger and its settings are in, which no output may replace; those on servers are not files. */
export function keptFiles({ places, screening }: Config): KeptFiles {
  const { store, vault, vaultCopy, views, access, master } = places;
  const files = [storeFile(store), vault, vaultCopy, views, storeFile(access), master, screening];
  return files.filter((file) => file !== null);
}

/** A number of whole years from 1 to 150. */
function years(otherwise: number) {
  return z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'expected a number of years from 1 to 150')
    .transform(Number)
    .refine((number) => number <= 150, 'expected a number of years from 1 to 150')
    .default(otherwise);
}

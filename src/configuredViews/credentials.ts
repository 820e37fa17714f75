import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import type { JWK } from 'jose';
import { DomainError } from '../../domain/errors.js';
import { notAvailable } from '../../domain/learner/configuredView/decisions.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Instant } from '../../domain/values/date.js';
import type { ConfiguredViewAnswer } from '../../projections/live/configuredView.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { History, Journal } from '../journal/journal.js';
import type { Records } from '../learners/records.js';
import type { Screening } from '../learners/screening.js';
import { decideOnView, retrying, stateAfter, viewIn } from './deciding.js';
import { answerOf, type PreparedView, type ViewOpening } from './opening.js';
import { readStopped } from './person.js';
import type { StatusLists } from './statusLists.js';

/** A configured view as a signed credential. */
export type ViewCredential = {
  /** An SD-JWT VC in compact form: whoever holds it can leave out picked fields, and add or alter none. */
  readonly credential: string;
  readonly expiresAt: Instant;
};

/** Configured views as credentials that others can check without asking this ledger for the record. */
export type Credentials = {
  /**
   * Signs what an opened view shows now, for at most the minutes given and never beyond the view's own end.
   * Throws `ERR_VIEW_NOT_AVAILABLE` where the view has ended since.
   */
  readonly issue: (prepared: PreparedView, minutes: number) => Promise<ViewCredential>;
  /** The status list of a year, signed. Source: IETF Token Status List, 5.1. */
  readonly statusList: (year: string) => Promise<string>;
  /** The public keys under which credentials and lists are signed, as a JSON Web Key Set. */
  readonly issuerKeys: () => Promise<{ readonly keys: readonly JWK[] }>;
};

/** Where the credential of a view stands in which status list. */
type Exported = LearnerEventData<'ConfiguredViewExported'>;

/** The type of credential. */
const TYPE = 'urn:learning-record-ledger:configured-view:1';
/** How long a status list may be kept before it is fetched again, and how long it is good. */
const STATUS_LIST_TTL_SECONDS = 300;
const STATUS_LIST_LIFE_SECONDS = 3600;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8. Source: RFC 8410, 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Creates the issuer of credentials. It signs under a key that the vault's index key gives. */
export function createCredentials(parts: {
  readonly origin: string;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly records: Pick<Records, 'readRecord'>;
  readonly statusLists: StatusLists;
  readonly screening: Screening;
}): Credentials {
  const { origin, journal, vault, clock, records, statusLists } = parts;
  const issuer = `https://${origin}`;
  const listUri = (list: string) => `${issuer}/status-lists/${list}`;

  async function issue(prepared: PreparedView, minutes: number): Promise<ViewCredential> {
    const { opening, answer } = prepared;
    const { stream, viewId, request } = opening;
    const wanted = new Date(Date.parse(clock()) + minutes * 60_000).toISOString() as Instant;
    const until = answer.expiresAt < wanted ? answer.expiresAt : wanted;
    const name = `${stream}\n${viewId}\n${request.commandId}`;
    const { list, index, expiresAt } = await statusLists.issue(name, until);
    if (expiresAt <= clock()) {
      throw new DomainError(
        'ERR_VIEW_ENDED',
        'expected a new opening for a new credential, found one whose credential has expired',
      );
    }
    const following = {
      ...request,
      commandId: followUpCommandId(request.commandId, 'configured-view-exported'),
      correlation: request.correlation ?? request.commandId,
    };
    const data = { viewId, list, index };
    // Recorded before it is signed: revoking the view finds every credential that ever left.
    await retrying(async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const command = await exporting(history, data);
      return decideOnView(parts, stream, history, command, following);
    });
    const status = { status_list: { idx: index, uri: listUri(list) } };
    return {
      credential: await signed(await showAgain(opening, data), expiresAt, status),
      expiresAt,
    };
  }

  /**
   * What the view shows now that its leaving is recorded, not what it showed when it was opened: what
   * is hidden in between is not signed, and what is hidden later finds the credential.
   */
  async function showAgain({ stream, viewId, request }: ViewOpening, data: Exported) {
    const history = await journal.read<LearnerEvent>(stream);
    const state = stateAfter(history);
    const [at, view] = [clock(), viewIn(state, viewId)];
    if (view === null) {
      throw notAvailable();
    }
    // The same decision once more: it records nothing, and throws where the view has ended.
    learner.decide({ ...(await exporting(history, data)), by: request.by, at }, state);
    return answerOf(history, view, at);
  }

  async function exporting({ events }: History<LearnerEvent>, exported: Exported) {
    const stoppedElsewhere = await readStopped(records, events, exported.viewId);
    const data = { ...exported, stoppedElsewhere };
    return { type: 'ExportConfiguredView', data } as const;
  }

  async function signed(
    answer: ConfiguredViewAnswer,
    expiresAt: Instant,
    status: { readonly status_list: { readonly idx: number; readonly uri: string } },
  ): Promise<string> {
    const { privateKey, publicKey } = await issuerKey(vault);
    // Loaded when a credential is signed: no other command waits for it at its start.
    const { SDJwtVcInstance } = await import('@sd-jwt/sd-jwt-vc');
    const { digest } = await import('@sd-jwt/crypto-nodejs');
    const instance = new SDJwtVcInstance({
      hasher: (data, algorithm) => digest(data, algorithm),
      hashAlg: 'sha-256',
      // 128 bits, as RFC 9901 recommends in 9.3; the library's own generator gives 64.
      saltGenerator: () => randomBytes(16).toString('base64url'),
      signer: (data) => sign(null, Buffer.from(data), privateKey).toString('base64url'),
      signAlg: 'EdDSA',
    });
    const { details, entries, purpose, mode, asAt } = answer;
    const payload = {
      iss: issuer,
      iat: secondsOf(clock()),
      exp: secondsOf(expiresAt),
      vct: TYPE,
      status,
      view: { purpose, mode, asAt },
      ...(details === null ? {} : { details }),
      entries,
    };
    // Sound: a frame of the payload's own shape; the library's type has none for a record of fields.
    const frame = disclosable(answer) as Parameters<typeof instance.issue<typeof payload>>[1];
    return instance.issue(payload, frame, { header: { kid: publicKey.kid } });
  }

  return {
    issue,
    statusList: async (year) => {
      const { privateKey, publicKey } = await issuerKey(vault);
      const { SignJWT } = await import('jose');
      const now = secondsOf(clock());
      const lst = await statusLists.deflated(year);
      return new SignJWT({ status_list: { bits: 1, lst }, ttl: STATUS_LIST_TTL_SECONDS })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'statuslist+jwt', kid: publicKey.kid })
        .setIssuer(issuer)
        .setSubject(listUri(year))
        .setIssuedAt(now)
        .setExpirationTime(now + STATUS_LIST_LIFE_SECONDS)
        .sign(privateKey);
    },
    issuerKeys: async () => ({ keys: [(await issuerKey(vault)).publicKey] }),
  };
}

/** The issuer's key: derived, so that the vault holds it and nothing more is to be kept. */
async function issuerKey(vault: Vault) {
  const [generation = 1] = vault.indexGenerations();
  const seed = vault.indexHmac(generation, 'issuer/v1\n');
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const { kty = '', crv = '', x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const jwk = { kty, crv, x };
  const { calculateJwkThumbprint } = await import('jose');
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey: { ...jwk, kid, use: 'sig', alg: 'EdDSA' } };
}

/** Every picked field can be disclosed or left out by itself; that an entry is disputed or withdrawn cannot. */
function disclosable({ details, entries }: ConfiguredViewAnswer) {
  const picked = entries.map((entry, index) => [
    String(index),
    entry.state === 'standing' ? { values: { _sd: Object.keys(entry.values) } } : {},
  ]);
  return {
    ...(details === null ? {} : { details: { values: { _sd: Object.keys(details.values) } } }),
    entries: Object.fromEntries(picked) as Record<string, object>,
  };
}

function secondsOf(instant: Instant): number {
  return Math.floor(Date.parse(instant) / 1000);
}

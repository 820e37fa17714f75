import { readFileSync } from 'node:fs';
import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from 'nats';
import { StreamError } from '../errors.js';

/** What a URL says of NATS servers, and of what is kept on them. */
export type NatsPlace = {
  /** How to connect; it may hold secrets and is never printed. */
  readonly connection: ConnectionOptions;
  /** The ledger's name there: the JetStream stream, and the first token of its subjects. */
  readonly name: string;
  /** On how many servers what is made there is kept; `null` where the URL does not say. */
  readonly replicas: 1 | 3 | 5 | null;
  /** What the operator states of how acknowledged messages are kept, where clients cannot see it. */
  readonly durability: 'fsync' | 'replicated' | null;
};

const DEFAULT_NAME = 'plr';
const FORM =
  'nats://[user:password@|token@]host:port[,host:port][/name][?replicas=3&…], with the options replicas, durability, tls, tlsCaFile, tlsCertFile, tlsKeyFile, credentialsFile and nkeySeedFile';
const OPTIONS = [
  'replicas',
  'durability',
  'tls',
  'tlsCaFile',
  'tlsCertFile',
  'tlsKeyFile',
  'credentialsFile',
  'nkeySeedFile',
];

/**
 * Reads a URL of NATS servers. Who connects stands in it, or in `PLR_STORE_USER` and
 * `PLR_STORE_PASSWORD`, or `PLR_STORE_TOKEN`. Throws `ERR_STORE_URL`, which never repeats the URL.
 */
export function parseNatsUrl(
  url: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): NatsPlace {
  const [, scheme = '', login, hosts = '', name = DEFAULT_NAME, query = ''] =
    /^(nats|tls):\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/.exec(url) ?? [];
  const options = new URLSearchParams(query);
  const servers = hosts.split(',');
  if (
    scheme === '' ||
    servers.some((server) => !/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/.test(server)) ||
    !/^[a-z][a-z0-9-]{0,40}$/.test(name) ||
    [...options.keys()].some((key) => !OPTIONS.includes(key))
  ) {
    throw wrongUrl();
  }
  return {
    connection: {
      servers,
      ...loginOf(login, environment),
      ...authenticatorOf(options),
      ...tlsOf(scheme, options),
    },
    name,
    replicas: chosen(options, 'replicas', ['1', '3', '5'], (text) => Number(text) as 1 | 3 | 5),
    durability: chosen(options, 'durability', ['fsync', 'replicated'], (text) => text),
  };
}

function loginOf(
  login: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<ConnectionOptions, 'user' | 'pass' | 'token'> {
  if (login !== undefined) {
    const [first = '', ...rest] = login.split(':');
    return rest.length === 0
      ? { token: decoded(first) }
      : { user: decoded(first), pass: decoded(rest.join(':')) };
  }
  const { PLR_STORE_USER: user, PLR_STORE_PASSWORD: pass, PLR_STORE_TOKEN: token } = environment;
  if (user) {
    return { user, pass: pass ?? '' };
  }
  return token ? { token } : {};
}

function authenticatorOf(options: URLSearchParams): Pick<ConnectionOptions, 'authenticator'> {
  const [credentials, seed] = [options.get('credentialsFile'), options.get('nkeySeedFile')];
  if (credentials !== null) {
    return { authenticator: credsAuthenticator(contentOf(credentials)) };
  }
  if (seed !== null) {
    const text = Buffer.from(contentOf(seed)).toString().trim();
    return { authenticator: nkeyAuthenticator(Buffer.from(text)) };
  }
  return {};
}

function tlsOf(scheme: string, options: URLSearchParams): Pick<ConnectionOptions, 'tls'> {
  const files = {
    ...fileOption(options, 'tlsCaFile', 'caFile'),
    ...fileOption(options, 'tlsCertFile', 'certFile'),
    ...fileOption(options, 'tlsKeyFile', 'keyFile'),
  };
  const isAsked = chosen(options, 'tls', ['true', 'false'], (text) => text === 'true') === true;
  return scheme === 'tls' || isAsked || Object.keys(files).length > 0 ? { tls: files } : {};
}

function fileOption(options: URLSearchParams, name: string, as: string): Record<string, string> {
  const path = options.get(name);
  return path === null ? {} : { [as]: path };
}

function chosen<Value extends string, Result>(
  options: URLSearchParams,
  name: string,
  values: readonly Value[],
  read: (text: Value) => Result,
): Result | null {
  const text = options.get(name);
  const value = values.find((known) => known === text);
  if (text !== null && value === undefined) {
    throw wrongUrl();
  }
  return value === undefined ? null : read(value);
}

function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StreamError(
      'ERR_STORE_URL',
      'expected the file with which to log in to NATS to be readable, found that it is not',
      { cause },
    );
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrongUrl();
  }
}

function wrongUrl(): StreamError {
  return new StreamError('ERR_STORE_URL', `expected a URL of the form ${FORM}, found another`);
}

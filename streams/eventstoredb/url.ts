import { readFileSync } from 'node:fs';
import type {
  ChannelCredentialOptions,
  DNSClusterOptions,
  EndPoint,
  GossipClusterOptions,
  SingleNodeOptions,
} from '@eventstore/db-client';
import { StreamError } from '../errors.js';

/** What a URL says: whom to connect to, how, as whom, and which of the server's ledgers is meant. */
export type EventStoreDbPlace = {
  /** The ledger's name on the server: its streams begin with it and a dot. */
  readonly name: string;
  readonly connection: SingleNodeOptions | GossipClusterOptions | DNSClusterOptions;
  readonly channel: ChannelCredentialOptions;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** How long one call may take. */
  readonly timeoutMs: number;
  /** How long one append or one page is tried again. */
  readonly retryBudgetMs: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

const URL_FORM =
  /^esdb(?<discover>\+discover)?:\/\/(?:(?<user>[^:@/?]+):(?<password>[^@/?]+)@)?(?<hosts>[^@/?]+)(?:\/(?<name>[^?]*))?(?:\?(?<options>.*))?$/;
const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const DEFAULT_NAME = 'plr';
const DEFAULT_PORT = 2113;

/** Every option of a URL, with what it may be. Others are refused: the client would print the URL as a warning. */
const optionForms = {
  tls: /^(true|false)$/,
  tlsVerifyCert: /^(true|false)$/,
  tlsCAFile: /./,
  userCertFile: /./,
  userKeyFile: /./,
  connectionName: /./,
  nodePreference: /^leader$/,
  throwOnAppendFailure: /^true$/,
  defaultDeadline: /^[1-9]\d{1,6}$/,
  retryBudget: /^[1-9]\d{0,6}$/,
  discoveryInterval: /^[1-9]\d{0,5}$/,
  gossipTimeout: /^[1-9]\d{0,2}$/,
  maxDiscoverAttempts: /^[1-9]\d{0,3}$/,
  keepAliveInterval: /^(-1|[1-9]\d{4,7})$/,
  keepAliveTimeout: /^(-1|[1-9]\d{2,7})$/,
} as const;
type OptionName = keyof typeof optionForms;
type Options = Partial<Record<OptionName, string>>;

/**
 * Reads `esdb://[user:password@]host[:port][,…][/name][?options]` and `esdb+discover://…`. Credentials
 * that the URL does not have are taken from `PLR_STORE_USER` and `PLR_STORE_PASSWORD`. Throws
 * `ERR_STORE_URL`, whose message holds nothing of the URL.
 */
export function parseEventStoreDbUrl(url: string, environment: Environment): EventStoreDbPlace {
  const parts = URL_FORM.exec(url.trim())?.groups;
  if (parts?.['hosts'] === undefined) {
    throw wrongUrl('esdb://[user:password@]host[:port][/name][?option=value]');
  }
  const name = parts['name'] || DEFAULT_NAME;
  if (!NAME.test(name)) {
    throw wrongUrl("a ledger's name of at most 41 small letters, digits and hyphens");
  }
  const options = parseOptions(parts['options']);
  const endpoints = parts['hosts'].split(',').map(parseEndpoint);
  return {
    name,
    connection: connectionOf(endpoints, parts['discover'] !== undefined, options),
    channel: channelOf(options),
    credentials: credentialsOf(parts['user'], parts['password'], environment),
    timeoutMs: Number(options.defaultDeadline ?? 5_000),
    retryBudgetMs: Number(options.retryBudget ?? 20_000),
  };
}

function parseOptions(text: string | undefined): Options {
  if (text === undefined || text === '') {
    return {};
  }
  const pairs = text.split('&').map((pair) => {
    const [, key, value] = /^([^=]+)=([^=]+)$/.exec(pair) ?? [];
    const name = Object.keys(optionForms).find((known) => sameOption(known, key ?? ''));
    const decoded = percentDecoded(value ?? '');
    // Sound: the name is one of the table's own keys.
    if (name === undefined || !optionForms[name as OptionName].test(decoded)) {
      throw wrongUrl(
        `options among ${Object.keys(optionForms).join(', ')} with values they can have`,
      );
    }
    return [name, decoded];
  });
  // Sound: every name was found in the table.
  return Object.fromEntries(pairs) as Options;
}

function sameOption(known: string, given: string): boolean {
  return known.toLowerCase() === given.toLowerCase().replace(/[_-]/g, '');
}

function parseEndpoint(text: string): EndPoint {
  const [, address, port] = /^([A-Za-z0-9.-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (address === undefined || Number(port ?? DEFAULT_PORT) > 65_535) {
    throw wrongUrl('hosts as host:port, divided by commas');
  }
  return { address, port: Number(port ?? DEFAULT_PORT) };
}

function connectionOf(
  endpoints: readonly EndPoint[],
  isDiscovered: boolean,
  options: Options,
): EventStoreDbPlace['connection'] {
  const [first, ...others] = endpoints;
  if (first === undefined || (isDiscovered && others.length > 0)) {
    throw wrongUrl('one host name after esdb+discover://');
  }
  const common = {
    ...numbers(options, ['keepAliveInterval', 'keepAliveTimeout']),
    ...(options.connectionName === undefined ? {} : { connectionName: options.connectionName }),
    defaultDeadline: Number(options.defaultDeadline ?? 5_000),
  };
  const discovery = numbers(options, ['discoveryInterval', 'gossipTimeout', 'maxDiscoverAttempts']);
  if (isDiscovered) {
    return { ...common, ...discovery, discover: first };
  }
  return others.length === 0
    ? { ...common, endpoint: first }
    : { ...common, ...discovery, endpoints: [...endpoints] };
}

function numbers<Name extends OptionName>(
  options: Options,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const given = names.filter((name) => options[name] !== undefined);
  // Sound: the keys are those that were asked for.
  return Object.fromEntries(given.map((name) => [name, Number(options[name])])) as Partial<
    Record<Name, number>
  >;
}

function channelOf(options: Options): ChannelCredentialOptions {
  if (options.tls === 'false') {
    return { insecure: true };
  }
  if ((options.userCertFile === undefined) !== (options.userKeyFile === undefined)) {
    throw wrongUrl('userCertFile and userKeyFile together');
  }
  return {
    ...(options.tlsCAFile === undefined ? {} : { rootCertificate: readGiven(options.tlsCAFile) }),
    ...(options.userCertFile === undefined
      ? {}
      : { userCertFile: readGiven(options.userCertFile) }),
    ...(options.userKeyFile === undefined ? {} : { userKeyFile: readGiven(options.userKeyFile) }),
    ...(options.tlsVerifyCert === 'false'
      ? { verifyOptions: { rejectUnauthorized: false, checkServerIdentity: () => undefined } }
      : {}),
  };
}

function readGiven(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw wrongUrl('the files of its options to be readable');
  }
}

function credentialsOf(
  user: string | undefined,
  password: string | undefined,
  environment: Environment,
): EventStoreDbPlace['credentials'] {
  if (user !== undefined && password !== undefined) {
    return { username: percentDecoded(user), password: percentDecoded(password) };
  }
  const username = environment['PLR_STORE_USER'] || null;
  const secret = environment['PLR_STORE_PASSWORD'] || null;
  if ((username === null) !== (secret === null)) {
    throw wrongUrl('PLR_STORE_USER and PLR_STORE_PASSWORD together');
  }
  return username === null || secret === null ? null : { username, password: secret };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrongUrl('% only before two hexadecimal digits');
  }
}

function wrongUrl(expected: string): StreamError {
  return new StreamError(
    'ERR_STORE_URL',
    `expected in an EventStoreDB URL ${expected}, found another form`,
  );
}

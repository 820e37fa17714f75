import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a key and a certificate for localhost, signed by itself, with the machine's own `openssl`. */
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'plr-esdb-'));
  const keyPath = join(folder, 'node.key');
  const path = join(folder, 'node.crt');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', keyPath, '-out', path, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost'],
    ],
    { stdio: 'ignore' },
  );
  return {
    key: readFileSync(keyPath),
    certificate: readFileSync(path),
    /** Where the certificate is, for a URL's `tlsCAFile`. */
    path,
    keyPath,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

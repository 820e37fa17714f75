// What the tests need beyond npm's packages, made before they run: the build, because the tests that kill
// processes and run the examples start what `npm run build` has written, and a nats-server, because a
// broker that is played by a test proves nothing.
import { execSync, spawnSync } from 'node:child_process';

execSync('npm run --silent build', { stdio: 'inherit' });

if (spawnSync('nats-server', ['--version']).error !== undefined) {
  const installed =
    process.getuid?.() === 0 &&
    ['apt-get update', 'apt-get install --yes --no-install-recommends nats-server'].every(
      (command) => spawnSync(command, { shell: true, stdio: 'ignore' }).status === 0,
    );
  if (!installed) {
    process.stderr.write(
      'There is no nats-server here and none could be installed (apt, as root): the tests that need one are SKIPPED.\n',
    );
  }
}

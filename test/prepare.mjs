// What the tests need beyond npm's packages, made before they run. So far that is the build alone:
// the tests that kill processes and run the examples start what `npm run build` has written.
import { execSync } from 'node:child_process';

execSync('npm run --silent build', { stdio: 'inherit' });

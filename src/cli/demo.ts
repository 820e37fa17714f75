import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { Instant } from '../../domain/values/date.js';
import { type KeptFiles, outputFolder } from '../../streams/output.js';
import { keptFiles } from '../config.js';
import type { CliContext, CliIo } from './context.js';
import { playDemo, type Stage } from './demoScenes.js';
import type { ExitCode } from './exitCodes.js';

type Run = (argv: readonly string[], io: CliIo) => Promise<ExitCode>;

/** `plr demo`: the main job from beginning to end, in a new folder, on a clock that starts years ago. */
export function demoCommand(context: CliContext, run: Run): Command {
  return new Command('demo')
    .description('show what the ledger does, in a new folder and on a scripted clock')
    .argument(
      '[folder]',
      'a folder that is empty or not there yet; a temporary one where not given',
    )
    .action(async (folder: string | undefined) => {
      process.chdir(newFolder(folder, keptFiles(context.config)));
      context.print(`A ledger from beginning to end, in ${process.cwd()}.`);
      context.print('The clock is scripted: it starts in 2019. All learners are made up.');
      await playDemo(createStage(context, run));
      context.print('');
      context.print(`That was it. Everything is in ${process.cwd()}: go there and look around.`);
    });
}

function newFolder(folder: string | undefined, kept: KeptFiles): string {
  if (folder === undefined) {
    return mkdtempSync(join(tmpdir(), 'plr-demo-'));
  }
  return outputFolder(folder, () => false, kept).path;
}

function createStage(context: CliContext, run: Run): Stage {
  let nowMs = 0;
  async function runAt(argv: readonly string[]): Promise<string> {
    const output = new PassThrough();
    const printed = text(output);
    const code = await run(argv, {
      ...context,
      // The demo is the same whatever the caller's own ledger is set to.
      environment: {},
      stdout: output,
      stderr: output,
      clock: () => {
        nowMs += 1000;
        return Instant.parse(new Date(nowMs).toISOString());
      },
    });
    output.end();
    const lines = await printed;
    return code === 0 ? lines : `${lines}(exit code ${code})\n`;
  }
  return {
    tell: (words) => {
      context.print('');
      context.print(`# ${words}`);
    },
    at: (instant) => {
      nowMs = Date.parse(instant);
    },
    show: async (...argv) => {
      context.print(commandLine(argv));
      printOutput(context, await runAt(argv));
    },
    showTogether: async (...commands) => {
      context.print(commands.map(commandLine).join(' &\n'));
      for (const lines of await Promise.all(commands.map(runAt))) {
        printOutput(context, lines);
      }
    },
    showFile: async (path) => {
      context.print(`$ cat ${path}`);
      printOutput(context, await readFile(path, 'utf8'));
    },
    quietly: (...argv) => runAt(argv),
  };
}

function commandLine(argv: readonly string[]): string {
  return `$ plr ${argv.map(shellWord).join(' ')}`;
}

function printOutput(context: CliContext, lines: string): void {
  for (const line of lines.trimEnd().split('\n')) {
    context.print(`  ${line}`);
  }
}

function shellWord(word: string): string {
  return /^[\w@./:-]+$/.test(word) ? word : `'${word}'`;
}

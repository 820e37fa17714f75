import { Command, CommanderError } from 'commander';
import { DomainError } from '../../domain/errors.js';
import { StreamError } from '../../streams/errors.js';
import { accessCommand, alertCommand } from './access.js';
import { amendCommand } from './amend.js';
import { challengeCommand } from './challenge.js';
import { confirmCommand } from './confirm.js';
import { connectionCommand, handlingCommand } from './connection.js';
import { type CliContext, type CliIo, createContext } from './context.js';
import { correctCommand } from './correct.js';
import { demoCommand } from './demo.js';
import { diffCommand } from './diff.js';
import { doctorCommand } from './doctor.js';
import { type ExitCode, exitCodeOf } from './exitCodes.js';
import { findCommand } from './find.js';
import { heldCommand } from './held.js';
import { historyCommand } from './history.js';
import { importCommand } from './import.js';
import { initCommand } from './init.js';
import { mergeCommand } from './merge.js';
import { exportCommand } from './moving.js';
import { noticeCommand } from './notice.js';
import { optOutCommand } from './optOut.js';
import { organisationCommand } from './organisation.js';
import { organisationsCommand } from './organisations.js';
import { projectionsCommand } from './projections.js';
import { publishCommand } from './publish.js';
import { recordCommand } from './record.js';
import { redactCommand } from './redact.js';
import { registerCommand } from './register.js';
import { replayCommand } from './replay.js';
import { retentionCommand } from './retention.js';
import { retireCommand } from './retire.js';
import { sensitiveCommand } from './sensitive.js';
import { showCommand } from './show.js';
import { standbyCommand } from './standby.js';
import { statisticsCommand } from './statistics.js';
import { subscriberCommand } from './subscriber.js';
import { tailCommand } from './tail.js';
import { ulnCommand } from './uln.js';
import { vaultCommand } from './vault.js';
import { verifyCommand } from './verify.js';
import { verifyLearnerCommand } from './verifyLearner.js';
import { viewCommand } from './view.js';
import { reinstateCommand, withdrawCommand } from './withdraw.js';

/** A command of the command line; `exit` sets another exit code than 0 after what was printed. */
type CliCommand = (context: CliContext, exit: (code: ExitCode) => void) => Command;

const commands: readonly CliCommand[] = [
  initCommand,
  (context) => demoCommand(context, runCli),
  importCommand,
  heldCommand,
  findCommand,
  registerCommand,
  amendCommand,
  recordCommand,
  confirmCommand,
  correctCommand,
  withdrawCommand,
  reinstateCommand,
  optOutCommand,
  challengeCommand,
  connectionCommand,
  handlingCommand,
  organisationCommand,
  organisationsCommand,
  accessCommand,
  alertCommand,
  redactCommand,
  retentionCommand,
  showCommand,
  replayCommand,
  diffCommand,
  historyCommand,
  statisticsCommand,
  projectionsCommand,
  tailCommand,
  subscriberCommand,
  publishCommand,
  standbyCommand,
  exportCommand,
  verifyCommand,
  vaultCommand,
  doctorCommand,
  ulnCommand,
  verifyLearnerCommand,
  viewCommand,
  sensitiveCommand,
  noticeCommand,
  mergeCommand,
  retireCommand,
];

/**
 * Runs one command line and returns its exit code. Refusals and failures are said in one line on
 * standard error; anything else that is thrown is a bug and comes out as it is.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  try {
    const context = createContext(io);
    const program = createProgram(context, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version end the same way as wrong usage, with code 0.
      return error.exitCode === 0 ? 0 : 2;
    }
    const code = exitCodeOf(error) ?? fileErrorCode(error);
    if (code === null) {
      throw error;
    }
    io.stderr.write(`plr: ${describe(error)}\n`);
    return code;
  }
}

/** The whole command line, for running it and for the test that finds undocumented commands. */
export function createProgram(context: CliContext, exit: (code: ExitCode) => void): Command {
  const program = new Command('plr')
    .description('A ledger of Unique Learner Numbers and Personal Learning Records')
    .addHelpText(
      'after',
      `
Examples:
  plr init
  plr import learners learners.csv --as registry@10000001
  plr show - --as-at 2025-08-31        (the ULN on standard input)
  plr verify --all`,
    );
  for (const command of commands) {
    program.addCommand(command(context, exit));
  }
  program.hook('preAction', (_, action) => {
    const { json = false, ndjson = false } = action.opts<{ json?: boolean; ndjson?: boolean }>();
    context.note({ isJson: json || ndjson, isOfNotice: action.parent?.name() === 'notice' });
  });
  prepare(program, context);
  return program;
}

function prepare(command: Command, context: CliContext): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(withoutArguments(text)),
    });
  for (const sub of command.commands) {
    prepare(sub, context);
  }
}

/** Commander repeats what it does not understand, and that can be a name or a ULN. */
function withoutArguments(text: string): string {
  return text
    .replace(/(unknown (?:command|option)) '.*'/s, '$1')
    .replace(/(argument|value) '.*' is invalid/s, '$1 given is invalid')
    .replaceAll(/\d{10}/g, 'ten digits');
}

function describe(error: unknown): string {
  if (error instanceof DomainError || error instanceof StreamError) {
    const serviceCode = error instanceof DomainError ? error.serviceCode : null;
    return `${error.code} ${error.message}${serviceCode === null ? '' : ` (${serviceCode})`}`;
  }
  // Sound: only errors of SQLite and of the file system come here, and they have a code.
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) {
    return `ERR_STORE_FAILED expected a database that can be read and written, found SQLite failing with ${code}`;
  }
  return `${code} the system refused to ${syscall} a file`;
}

function fileErrorCode(error: unknown): ExitCode | null {
  if (!(error instanceof Error) || !('code' in error)) {
    return null;
  }
  if (String(error.code).startsWith('SQLITE_')) {
    return /CORRUPT|NOTADB/.test(String(error.code)) ? 6 : 1;
  }
  if (!('syscall' in error)) {
    return null;
  }
  return error.code === 'ENOENT' ? 3 : 1;
}

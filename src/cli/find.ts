import { Command } from 'commander';
import type { RegisteredLearner } from '../../projections/views/register.js';
import { type SearchInput, searchFields } from '../keptViews/keptViews.js';
import type { FindAnswer, FoundCandidate } from '../learners/linking.js';
import type { IdentityInput } from '../learners/lookup.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { fieldOptions, fieldValues, inputOption } from './fields.js';
import { valueText } from './format.js';
import { readJsonInput, readUln } from './options.js';
import { untaggedJson } from './untaggedJson.js';

/** `plr find`: a learner of the register, by ULN or by demographics. */
export function findCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('find')
    .description('find a learner by ULN, or by names, date of birth, gender and postcode')
    .argument('[uln]', 'the ULN, or - to read it from standard input')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A search needs given name, family name and date of birth; only with gender and postcode is it exact.
Case, accents, spaces and punctuation make no difference; preferred and previous names count.
Who is alike but for one error of typing, in a name or the date of birth, is a possible match.
Beside a ULN, names, date of birth and gender say whom you expect: what differs is named.
Exit code 3 where nobody is like the learner searched for, 1 where more than ten are.`,
    );
  return asking(fieldOptions(inputOption(command), searchFields)).action(
    async (
      argument: string | undefined,
      options: Readonly<Record<string, string>> &
        AskingOptions & { input?: string; json?: boolean },
    ) => {
      const asker = askerFrom(context, options);
      const search = {
        ...(await readJsonInput(context, options.input)),
        ...fieldValues(searchFields, options),
      };
      if (argument === undefined && Object.keys(search).length === 0) {
        throw usageError('expected a ULN or demographics to search by, found neither');
      }
      const uln = argument === undefined ? null : await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const answer =
          uln === null
            ? // Sound: `find` parses what it is given.
              await ledger.access.find(search as SearchInput, asker)
            : // Sound: `findByUln` parses what it is given.
              await ledger.access.findByUln(uln, asker, search as IdentityInput);
        print(context, answer, options.json === true);
        if (answer.kind === 'none' || answer.kind === 'too-many') {
          exit(answer.kind === 'none' ? 3 : 1);
        }
      });
    },
  );
}

function print(context: CliContext, answer: FindAnswer, asJson: boolean): void {
  if (asJson) {
    context.print(untaggedJson(answer));
    return;
  }
  switch (answer.kind) {
    case 'none':
      context.print(`No match (${answer.code}).`);
      return;
    case 'too-many':
      context.print(
        `Too many matches (${answer.code}): more than ten. Search by more than you know now.`,
      );
      return;
    case 'exact':
    case 'possible':
    case 'linked':
      context.print(headings[answer.kind](answer));
      for (const candidate of answer.candidates) {
        const { learner, linked, retired } = candidate;
        const master = linked === null ? '' : `  master of ${linked}`;
        const use = retired === null ? '' : `  RETIRED (${retired}): not to be used`;
        context.print(`  ${learnerText(learner)}${differenceText(candidate)}${master}${use}`);
      }
      if (answer.kind === 'possible' && answer.leftOut > 0) {
        context.print(
          `Left out: ${answer.leftOut} more who are alike only if something was mistyped.`,
        );
      }
  }
}

function differenceText({ kind, differing, mistyped }: FoundCandidate): string {
  if (kind === 'exact' || differing.length === 0) {
    return '';
  }
  const fields = differing.map((field) => (field === mistyped ? `${field} (mistyped?)` : field));
  return `  differs in ${fields.join(', ')}`;
}

type Found = Exclude<FindAnswer, { kind: 'none' | 'too-many' }>;

const headings = {
  exact: ({ code }: Found) => `Exact match (${code}).`,
  possible: ({ code, candidates }: Found) => `${candidates.length} possible (${code}):`,
  linked: ({ code }: Found) => `Exact match; master record substituted for the learner (${code}).`,
} as const;

function learnerText(learner: RegisteredLearner): string {
  const { uln, givenName, preferredGivenName, familyName, previousFamilyName } = learner;
  const { dateOfBirth, gender, lastKnownPostCode } = learner;
  return [
    uln,
    `${valueText(givenName)} ${valueText(familyName)}`,
    ...(preferredGivenName === null ? [] : [`called ${valueText(preferredGivenName)}`]),
    ...(previousFamilyName === null ? [] : [`before ${valueText(previousFamilyName)}`]),
    `born ${valueText(dateOfBirth)}`,
    `gender ${valueText(gender)}`,
    valueText(lastKnownPostCode),
  ].join('  ');
}

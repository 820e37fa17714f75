import type { LearnerDetails } from '../../domain/learner/details/details.js';
import type { Plr } from './plr.js';

/** The details that identify a learner: all that an outside organisation sees of them. */
const IDENTIFYING = [
  'givenName',
  'preferredGivenName',
  'middleOtherName',
  'familyName',
  'previousFamilyName',
  'dateOfBirth',
  'gender',
] as const satisfies readonly (keyof LearnerDetails)[];

/** A record as an outside organisation sees it: identifying details, what stands, and what of it is disputed. */
export type DisclosedPlr = Pick<Plr, 'uln' | 'qualifications'> & {
  readonly details: Pick<NonNullable<Plr['details']>, (typeof IDENTIFYING)[number]> | null;
  readonly challenges: readonly Omit<Plr['challenges'][number], 'reason' | 'answer'>[];
};

/**
 * The part of a record that an outside organisation is shown: no address, no notes, no words of a
 * challenge. `source` limits it to the entries that this source submitted.
 */
export function disclosedTo(plr: Plr, source: string | null): DisclosedPlr {
  const { uln, details } = plr;
  const qualifications = plr.qualifications
    .map((qualification) => ({
      ...qualification,
      achievements: qualification.achievements.filter((entry) => isOf(entry, source)),
      participations: qualification.participations.filter((entry) => isOf(entry, source)),
    }))
    .filter(({ achievements, participations }) => achievements.length + participations.length > 0);
  const keys = qualifications.flatMap(({ achievements, participations }) =>
    [...achievements, ...participations].map(({ key }) => key),
  );
  return {
    uln,
    details:
      details === null
        ? null
        : // Sound: exactly the names of the list.
          (Object.fromEntries(IDENTIFYING.map((name) => [name, details[name]])) as Pick<
            NonNullable<Plr['details']>,
            (typeof IDENTIFYING)[number]
          >),
    qualifications,
    challenges: plr.challenges
      .filter(({ entry }) => entry !== null && keys.includes(entry))
      .map(({ reason: _, answer: __, ...challenge }) => challenge),
  };
}

function isOf(
  entry: { readonly reference: { readonly submittedBy: string } },
  source: string | null,
) {
  return source === null || entry.reference.submittedBy === source;
}

// Made-up learners and achievements: every value is drawn from the seed and the numbers asked for.

/** The organisation that every achievement is submitted by. */
export const AWARDING = '10000003';
/** Achievements per learner: with the issuing of the ULN, a stream of 20 events. */
export const ACHIEVEMENTS_PER_LEARNER = 19;

const SUBJECTS = [
  ['601/0143/X', 'Award in Education and Training', 'Level 3', 'Award'],
  ['500/2652/5', 'Functional Skills qualification in Mathematics', 'Level 2', 'Functional Skills'],
  ['K/501/5773', 'Understand the context of supporting individuals', 'Level 2', 'QCF unit'],
  ['ZPROG001', 'Programme of study, not leading to a qualification', 'Level 1', 'Programme'],
];
const PROVIDERS = ['Sampleton College', 'Exampleshire Adult Learning', 'Northtown Sixth Form'];
const BOARDS = ['Sample Awards', 'Example Assessment and Qualifications', 'Northern Examiners'];
const GRADES = ['Pass', 'Merit', 'Distinction', 'A*', 'B', '7', '4', 'U'];

/** Creates the data of one seed. */
export function createData(seed) {
  return {
    /** Details of a learner, as given at registration. */
    learner: (number) => {
      const draw = createDraw(seed, number, 0);
      return {
        givenName: `Given${number}`,
        familyName: 'Synthetic',
        dateOfBirth: `${1960 + draw(45)}-${twoDigits(1 + draw(12))}-${twoDigits(1 + draw(28))}`,
        gender: '9',
        lastKnownPostCode: 'ZZ99 9ZZ',
        abilityToShare: '1',
        verificationType: '0',
      };
    },
    /** One achievement with all 18 fields filled; `entry` counts from 1 within a learner. */
    achievement: (learner, entry) => {
      const draw = createDraw(seed, learner, entry);
      const [subjectCode, subject, level, qualificationType] = SUBJECTS[draw(SUBJECTS.length)];
      return {
        achievementId: `A-${learner}-${entry}`,
        submittedBy: AWARDING,
        standing: 'final',
        source: 'AO',
        subjectCode,
        subject,
        level,
        qualificationType,
        learningProvider: `${10_000_100 + draw(900)}`,
        learningProviderName: PROVIDERS[draw(PROVIDERS.length)],
        collectionType: 'A',
        returnNumber: twoDigits(1 + draw(14)),
        achievementAwardDate: `${2010 + draw(14)}-${twoDigits(1 + draw(12))}-${twoDigits(1 + draw(28))}`,
        awardingOrganisation: `${10_002_000 + draw(200)}`,
        awardingOrganisationName: BOARDS[draw(BOARDS.length)],
        credits: 1 + draw(120),
        languageForAssessment: 'ENG',
        grade: GRADES[draw(GRADES.length)],
      };
    },
    /** The list in an order of its own, the same for the same seed. */
    shuffled: (list) => {
      const draw = createDraw(seed, list.length, 1_000_003);
      const result = [...list];
      for (let last = result.length - 1; last > 0; last -= 1) {
        const other = draw(last + 1);
        [result[last], result[other]] = [result[other], result[last]];
      }
      return result;
    },
  };
}

/** Draws whole numbers below a bound (mulberry32), each sequence from its own three numbers. */
function createDraw(seed, first, second) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(first, 0x85ebca6b) ^ second) >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

function twoDigits(number) {
  return String(number).padStart(2, '0');
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScreen, type ScreeningCategory } from '../../../domain/screening/screening.js';
import { standardWords } from '../../../domain/screening/words.js';

const screen = createScreen(standardWords);

type Row = readonly [field: string, text: string, categories: readonly ScreeningCategory[]];

// Names of subjects are of the kind that the register of regulated qualifications lists; names of
// providers are made up after the kinds that there are.
const flagged: readonly Row[] = [
  ['learningProviderName', 'HMP Example', ['offence']],
  ['learningProviderName', 'H.M.P. Example', ['offence']],
  ['learningProviderName', 'HMP/YOI Example Vale', ['offence']],
  ['learningProviderName', 'HMYOI Example', ['offence']],
  ['learningProviderName', 'Example Young Offender Institution', ['offence']],
  ['learningProviderName', "Example Young Offenders' Institution", ['offence']],
  ['learningProviderName', 'Example Secure Training Centre', ['offence']],
  ['learningProviderName', "Example Secure Children's Home", ['offence']],
  ['learningProviderName', 'Example Youth Offending Team', ['offence']],
  ['learningProviderName', 'Carchar Enghraifft', ['offence']],
  ['learningProviderName', 'CEF Enghraifft', ['offence']],
  ['learningProviderName', 'Sefydliad Troseddwyr Ifanc Enghraifft', ['offence']],
  ['learningProviderName', 'Example Hospital School', ['health']],
  ['schoolAtAge16', 'Example Hospital School', ['health']],
  ['schoolAtAge16', 'Example Hospital and Home Tuition Service', ['health']],
  ['schoolAtAge16', 'Example School for the Deaf', ['health']],
  ['schoolAtAge16', 'Example Special School', ['health']],
  ['schoolAtAge16', 'Ysgol Ysbyty Enghraifft', ['health']],
  ['schoolAtAge16', 'Ysgol y Byddar, Enghraifft', ['health']],
  ['schoolAtAge16', 'Ysgol Arbennig Enghraifft', ['health']],
  ['schoolAtAge16', 'Example Traveller Education Service', ['ethnic-origin']],
  ['learningProviderName', 'Example Yeshiva', ['religion']],
  ['learningProviderName', 'Coleg Diwinyddol Enghraifft', ['religion']],
  ['learningProviderName', 'TUC Education', ['union']],
  ['learningProviderName', 'Undeb Addysg Cenedlaethol', ['union']],
  ['awardingOrganisationName', 'Example Prison Awards', ['offence']],
  ['subject', 'Offending Behaviour Programme', ['offence']],
  ['subject', 'Employability for Prisoners', ['offence']],
  ['subject', 'Sgiliau bywyd i garcharorion', ['offence']],
  ['subject', 'Trade Union Representatives Stage 1', ['union']],
  ['subject', 'Hyfforddiant cynrychiolwyr undeb', ['union']],
  ['subject', 'Life Skills for Learners with Learning Difficulties', ['health']],
  ['subject', 'English for Refugees', ['ethnic-origin']],
  ['subject', 'Saesneg i ffoaduriaid', ['ethnic-origin']],
  ['notes', 'Misses Tuesdays for treatment', ['health']],
  ['notes', 'Was diagnosed in March', ['health']],
  ['notes', 'Extra time because of DYSLEXIA.', ['health']],
  ['notes', 'Uses a wheelchair', ['health']],
  ['notes', 'In prison until May', ['offence']],
  ['notes', 'Has a criminal record', ['offence']],
  ['notes', 'Absent during Ramadan', ['religion']],
  ['notes', 'A practising Catholic', ['religion']],
  ['notes', 'Shop steward, away on Fridays', ['union']],
  ['notes', 'From an Irish Traveller family', ['ethnic-origin']],
  ['notes', 'Mae ganddi epilepsi', ['health']],
  ['notes', 'Mae’n fyddar', ['health']],
  ['notes', 'Mae e yng ngharchar', ['offence']],
  ['notes', 'Ar fechnïaeth tan fis Mai', ['offence']],
  ['notes', 'Mae hi’n Fwslim', ['religion']],
  ['notes', 'Yn aelod o undeb', ['union']],
  ['notes', 'Ceisiwr lloches o dramor', ['ethnic-origin']],
  ['notes', 'Ei tharddiad ethnig: darddiad ethnig', ['ethnic-origin']],
  ['notes', 'On bail; has asthma', ['health', 'offence']],
  ['reason', 'It was the prison, not the college', ['offence']],
  ['evidenceReference', 'Letter from the psychiatrist', ['health']],
  ['otherVerificationDescription', 'Prison identity document', ['offence']],
  ['lastKnownAddressLine1', 'HMP Example', ['offence']],
  ['lastKnownAddressLine1', 'Example Hospice', ['health']],
  ['placeOfBirth', 'HM Prison Example', ['offence']],
];

const quiet: readonly (readonly [field: string, text: string])[] = [
  ['subject', 'Health and Social Care'],
  ['subject', 'Health and Safety in the Workplace'],
  ['subject', 'Awareness of Mental Health Problems'],
  ['subject', 'Understanding Autism'],
  ['subject', 'Principles of Dementia Care'],
  ['subject', 'Supporting People with Learning Disabilities'],
  ['subject', 'Cancer Awareness'],
  ['subject', 'Understanding Specific Learning Difficulties'],
  ['subject', 'Mental Health First Aid'],
  ['subject', 'Substance Misuse Awareness'],
  ['subject', 'British Sign Language'],
  ['subject', 'Counselling Skills'],
  ['subject', 'Psychology'],
  ['subject', 'Religious Studies'],
  ['subject', 'Islamic Studies'],
  ['subject', 'Biblical Hebrew'],
  ['subject', 'Philosophy, Religion and Ethics'],
  ['subject', 'Criminology'],
  ['subject', 'Custodial Care'],
  ['subject', 'Working with Offenders'],
  ['subject', 'Public Services: Prison Officers'],
  ['subject', 'Law: Criminal Law and the Courts'],
  ['subject', 'The Role of Trade Unions in Society'],
  ['subject', 'Sociology: Ethnicity and Migration'],
  ['subject', 'Travel and Tourism'],
  ['subject', 'English for Speakers of Other Languages'],
  ['subject', 'Carpentry and Joinery'],
  ['subject', 'Thinking Skills'],
  ['subject', 'Iechyd a Gofal Cymdeithasol'],
  ['subject', 'Iechyd a Diogelwch'],
  ['subject', 'Astudiaethau Crefyddol'],
  ['subject', 'Troseddeg'],
  ['subject', 'Teithio a Thwristiaeth'],
  ['subject', 'Cymraeg Ail Iaith'],
  ['subject', 'Bagloriaeth Cymru'],
  ['qualificationType', 'GCE AS Level'],
  ['learningProviderName', 'Example College of Further Education'],
  ['learningProviderName', 'Example University Hospitals NHS Foundation Trust'],
  ['learningProviderName', 'Example Mental Health NHS Foundation Trust'],
  ['learningProviderName', 'Example Health Education'],
  ['learningProviderName', 'Whitechurch High School'],
  ['learningProviderName', "Example University Students' Union"],
  ['learningProviderName', 'Example Credit Union Academy'],
  ['learningProviderName', 'Example Rugby Union Foundation'],
  ['learningProviderName', 'HM Prison and Probation Service Apprenticeships'],
  ['learningProviderName', 'Blackfriars Settlement'],
  ['schoolAtAge16', 'Example Church of England Primary School'],
  ['schoolAtAge16', 'St Example’s Catholic High School'],
  ['schoolAtAge16', 'Example Jewish Free School'],
  ['schoolAtAge16', 'Example Muslim Girls’ School'],
  ['schoolAtAge16', 'Ysgol Gynradd Gatholig Enghraifft'],
  ['schoolAtAge16', 'Ysgol yr Eglwys yng Nghymru, Enghraifft'],
  ['schoolAtAge16', 'Ysgol Gyfun Gymraeg Enghraifft'],
  ['schoolAtAge16', 'Example Grammar School'],
  ['awardingOrganisationName', 'Example Awards for Health and Care'],
  ['notes', 'Prefers letters'],
  ['notes', 'Health and safety induction done'],
  ['notes', 'Christian name and surname were swapped'],
  ['notes', 'Moved to Union Street'],
  ['notes', "Elected to the students' union"],
  ['notes', 'Plays rugby union on Wednesdays'],
  ['notes', 'Holds a credit union account'],
  ['notes', 'Wants to become a prison officer'],
  ['notes', 'Spoke with conviction at the interview'],
  ['notes', 'Took Religious Studies at school'],
  ['notes', 'Attended a Catholic school'],
  ['notes', 'Works at a surgery as a receptionist'],
  ['notes', 'Six-month probation period at work ends in May'],
  ['notes', 'Anfonwch lythyrau yn Gymraeg'],
  ['notes', 'Hyfforddiant iechyd a diogelwch wedi ei wneud'],
  ['notes', 'Yn chwarae dros yr undeb rygbi'],
  ['grade', 'Distinction'],
  ['grade', '9999999999'],
  ['evidenceReference', 'CERTIFICATE-1'],
  ['otherVerificationDescription', 'Pakistani passport'],
  ['lastKnownAddressLine1', '12 Church Street'],
  ['lastKnownAddressLine1', '3 Old Hospital Close'],
  ['lastKnownAddressLine1', '7 Prison Lane'],
  ['lastKnownAddressLine1', '5 Gypsy Lane'],
  ['lastKnownAddressLine1', '2 Heol y Carchar'],
  ['placeOfBirth', 'Merthyr Tydfil'],
];

describe('the standard list', () => {
  test.each(flagged)('flags in %s: %s (%j)', (field, text, categories) => {
    const hits = screen({ [field]: text });
    expect(hits.map((hit) => hit.category).toSorted()).toEqual(categories.toSorted());
    expect(hits.map((hit) => hit.field)).toEqual(categories.map(() => field));
  });

  test.each(quiet)('is quiet about %s: %s', (field, text) => {
    expect(screen({ [field]: text })).toEqual([]);
  });

  test('has enough of both kinds to mean something', () => {
    expect([flagged.length >= 40, quiet.length >= 60]).toEqual([true, true]);
  });

  test('finds every phrase that it names, and no allowed one', () => {
    const fieldOf = { text: 'notes', provider: 'schoolAtAge16', subject: 'subject' } as const;
    const fields = { ...fieldOf, address: 'placeOfBirth' } as const;
    const missed = standardWords.words.filter(({ phrase, category, contexts }) =>
      contexts.some(
        (context) =>
          !screen({ [fields[context]]: phrase }).some((hit) => hit.category === category),
      ),
    );
    const cried = standardWords.allowed.filter((phrase) =>
      Object.values(fields).some((field) => screen({ [field]: phrase }).length > 0),
    );
    expect({ missed, cried }).toEqual({ missed: [], cried: [] });
  });
});

describe('screening', () => {
  test('passes over fields that are not texts, and those it knows nothing of', () => {
    const redacted = { redacted: true, on: '', order: '', basis: 'court-order' };
    expect(
      screen({ notes: redacted, subject: null, familyName: 'Church', givenName: 'Jew' }),
    ).toEqual([]);
    expect(screen({ toString: 'prison', constructor: 'prison' })).toEqual([]);
  });

  test('looks into what a change changes to', () => {
    expect(screen({ notes: { to: 'In prison' } })).toEqual([
      { field: 'notes', category: 'offence' },
    ]);
    expect(screen({ notes: { to: null } })).toEqual([]);
  });

  test('says of a field each category once', () => {
    expect(screen({ notes: 'In prison for an offence? A prisoner.' })).toEqual([
      { field: 'notes', category: 'offence' },
    ]);
  });

  test.each(['PRISON', 'prison.', '(prison)', 'the-prison-school', 'Prison\nservice'])(
    'compares words without case and punctuation: %j',
    (text) => {
      expect(screen({ notes: text.replace('service', '') })).toHaveLength(1);
    },
  );

  test.each(['imprisonsworth', 'prisonery', 'unprison', 'prison2'])(
    'compares whole words: %s',
    (text) => {
      expect(screen({ notes: text })).toEqual([]);
    },
  );

  test('never depends on case or accents', () => {
    const words = fc.constantFrom('prison', 'Ysgol', 'fechnïaeth', 'ar', 'union', 'rep', 'health');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 8 }), (chosen) => {
        const text = chosen.join(' ');
        const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
        expect(screen({ notes: plain })).toEqual(screen({ notes: text }));
      }),
    );
  });

  test('never repeats the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const hit of screen({ notes: `prison ${text}` })) {
          expect(Object.keys(hit).sort()).toEqual(['category', 'field']);
        }
      }),
    );
  });
});

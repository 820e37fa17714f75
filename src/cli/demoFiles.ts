/** Three made-up learners, one of them twice, and one who may be another of them, as a registration file. */
export function learnersCsv(): string {
  return [
    'MISIdentifier,GivenName,FamilyName,DateOfBirth,Gender,LastKnownPostCode,AbilityToShare,VerificationType,Notes',
    'L-1,Amber,Sampleton,2003-04-17,2,ZZ99 9ZZ,1,1,Misses Tuesdays for treatment at a hospital',
    'L-2,Bryn,Placeholder,2002-11-30,1,ZZ99 3CZ,1,2,',
    'L-3,Cerys,Testcase,2003-01-08,9,ZZ99 3WZ,0,0,',
    'L-4,AMBER,Sample-Ton,2003-04-17,2,zz999zz,1,1,',
    'L-5,Bryn,Placeholder,2002-11-30,1,ZZ99 3VZ,1,2,',
    '',
  ].join('\n');
}

/** What two of them take part in. */
export function participationCsv(first: string, second: string): string {
  return [
    'ULN,ParticipationId,Source,SubjectCode,Subject,Level,AchievementProviderUkprn,AchievementProviderName,ParticipationStartDate,ParticipationEndDate',
    `${first},P-1,ILR,601/0143/X,Award in Education and Training,Level 3,10000002,Example College,2019-09-09,2021-06-30`,
    `${second},P-2,ILR,6010143X,Award in Education and Training,Level 3,10000002,Example College,2019-09-09,`,
    '',
  ].join('\n');
}

/** What two of them were awarded; one row is provisional, one is unclassified, one has a wrong code, two lie in the future. */
export function achievementsCsv(first: string, second: string): string {
  return [
    'ULN,AchievementId,Status,Source,SubjectCode,Subject,Level,AchievementAwardDate,Credits,Grade',
    `${first},A-1,F,AO,601/0143/X,Award in Education and Training,Level 3,2021-07-09,12,Pass`,
    `${first},A-2,P,AO,H/505/0053,Understanding roles in education,Level 3,2021-07-09,3,Pass`,
    `${second},A-3,F,AO,601/0143/X,Award in Education and Training,Level 3,2021-07-09,,U`,
    `${second},A-4,F,AO,601/0143/7,Award in Education and Training,Level 3,2021-07-09,12,Pass`,
    `${second},A-5,F,AO,H/505/0053,Understanding roles in education,Level 3,2021-09-01,3,Pass`,
    `${second},A-6,F,AO,D/505/0052,Delivering education,Level 3,2091-07-09,6,Pass`,
    '',
  ].join('\n');
}

const ORGANISATION_COLUMNS =
  'Ukprn,Name,Type,SignatoryRole,MailDomain,ResponsibleUser,Roles,PersonName,EmailAddress,VerificationProvided,AgreementId,Purposes,AgreementStartDate,AgreementEndDate,Signature,DataProtectionReference,DataProtectionExpiryDate';

/** Two made-up organisations that register and teach, with what they have signed. */
export function organisationsCsv(): string {
  return [
    ORGANISATION_COLUMNS,
    '10000001,Example Council,local-authority,chief-executive,council.example,registry,super-user,Robin Example,robin@council.example,Staff card seen,DSA-1,learner-registration,2019-09-01,2030-08-31,hand,ZA000001,2030-08-31',
    '10000002,Example College,college,principal,college.example,exams,super-user,Lee Example,lee@college.example,Staff card seen,DSA-2,participation-reporting advice-and-guidance,2019-09-01,2030-08-31,hand,ZA000002,2030-08-31',
    '10000004,Example Checks,training-provider,director,checks.example,sales,super-user,Kim Example,info@checks.example,Staff card seen,DSA-4,learner-registration,2019-09-01,2030-08-31,typed,ZA000004,2030-08-31',
    '',
  ].join('\n');
}

/** A made-up awarding organisation. */
export function awardingCsv(): string {
  return [
    ORGANISATION_COLUMNS,
    '10000003,Example Awards,awarding-organisation,director,awards.example,awards,awarding-body-user,Sam Example,sam@awards.example,Staff card seen,DSA-3,achievement-reporting data-correction data-challenge,2021-08-01,2030-08-31,digital,ZA000003,2030-08-31',
    '',
  ].join('\n');
}

/** A made-up advice service that comes later. */
export function adviserCsv(): string {
  return [
    ORGANISATION_COLUMNS,
    '10000005,Example Advice,adviser,director,advice.example,adviser,online-user,Jo Example,jo@advice.example,Staff card seen,DSA-5,advice-and-guidance,2022-01-01,2030-08-31,hand,ZA000005,2030-08-31',
    '',
  ].join('\n');
}

/** The service's own staff: it needs no agreement with itself. */
export function operatorCsv(): string {
  return [
    ORGANISATION_COLUMNS,
    '10000009,Example Service,service-operator,chief-executive,service.example,officer1,data-protection,Alex Example,alex@service.example,Staff card seen,,,,,,,',
    '',
  ].join('\n');
}

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

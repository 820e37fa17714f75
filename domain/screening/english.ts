import type { WordGroup } from './wordGroup.js';

/** English words and phrases. See `standardWords`. */
export const englishWords: readonly WordGroup[] = [
  {
    category: 'health',
    contexts: ['text'],
    phrases: `
      adhd, allergy, allergies, anorexia, anorexic, anxiety, asperger, aspergers, asthma, asthmatic,
      autism, autistic, bipolar, bulimia, cancer, camhs, cerebral palsy, chemotherapy,
      chronic fatigue, chronic illness, chronic pain, deaf, depression, depressed, diabetes, diabetic,
      diagnosed, diagnosis, disability, disabilities, disabled, down syndrome, downs syndrome,
      drug addiction, alcoholic, alcoholism, substance misuse, overdose, dyslexia, dyslexic, dyspraxia,
      dyspraxic, dyscalculia, eating disorder, ehcp, ehc plan, education health and care plan, epilepsy,
      epileptic, seizures, for treatment, medical treatment, receiving treatment, undergoing treatment,
      hospital treatment, hearing impaired, hearing impairment, hearing loss, hearing aid, hearing aids,
      hiv, hospitalised, in hospital, hospital appointment, hospital appointments, hospital school,
      ill health, learning disability, learning disabilities, learning difficulty,
      learning difficulties, long term illness, long term sick, medical appointment,
      medical appointments, medical condition, medical conditions, medical needs, medical reasons,
      medication, mental breakdown, mental health, mental illness, mentally ill, miscarriage,
      multiple sclerosis, partially sighted, pregnancy, pregnant, psychiatric, psychiatrist, psychosis,
      psychotic, ptsd, registered blind, is blind, went blind, schizophrenia, schizophrenic, sectioned,
      self harm, self harms, self harmed, self harming, sick note, special educational needs,
      special needs, suicidal, suicide, had surgery, having surgery, after surgery, terminal illness,
      terminally ill, tourettes, visual impairment, visually impaired, wheelchair, panic attacks,
      sickle cell, crohns, psychologist, counselling sessions`,
  },
  {
    category: 'health',
    contexts: ['provider'],
    phrases: `
      hospital school, hospital education, hospital tuition, hospital and home, home and hospital,
      hospital teaching, school for the deaf, schools for the deaf, college for the deaf, deaf school,
      school for deaf children, school for the blind, college for the blind, college of the blind,
      special school, autism school, school for autism, autistic, autism, medical needs,
      medical tuition, medical pru, medical pupil referral, camhs, adolescent unit, psychiatric,
      mental health unit, mental health inpatient, rehabilitation unit, drug rehabilitation, hospice,
      epilepsy, rnib, rnid, mencap, royal national institute of blind people, special needs`,
  },
  {
    category: 'health',
    contexts: ['address'],
    phrases: `
      psychiatric, psychiatric unit, mental health unit, hospital ward, secure hospital,
      rehabilitation unit, hospice, rampton hospital, broadmoor, ashworth hospital`,
  },
  {
    category: 'health',
    contexts: ['subject'],
    phrases: `
      for learners with, for students with, for pupils with, for deaf learners, for deaf people,
      for blind learners, for blind people, for autistic learners, managing my condition,
      managing my medication, living with my, coping with my, coping with anxiety,
      coping with depression, living with epilepsy, living with diabetes, recovery from addiction`,
  },
  {
    category: 'offence',
    contexts: ['text'],
    phrases: `
      arrested, asbo, on bail, borstal, police caution, charged with, community order,
      community payback, convicted, conviction, convictions, criminal offence, criminal offences,
      criminal record, criminal proceedings, custodial, crown court, magistrates court, youth court,
      court order, drug dealing, electronic tag, ex offender, ex offenders, hmp, hmyoi, imprisoned,
      imprisonment, in custody, inmate, inmates, jail, jailed, offender, offenders, offending,
      on probation, on remand, police custody, prison, prisoner, prisoners, probation officer,
      probation order, probation service, released on licence, remanded, reoffending, shoplifting,
      secure training centre, secure childrens home, sentenced, serving a sentence, suspended sentence,
      young offender, young offenders, yoi, youth offending, youth justice`,
  },
  {
    category: 'offence',
    contexts: ['provider', 'address'],
    phrases: `
      hmp, hmpyoi, hmyoi, hm yoi, yoi, hm prison, his majestys prison, her majestys prison, prison,
      prisons, young offender, young offenders, remand centre, secure training centre,
      secure childrens home, secure childrens centre, secure school, secure unit, bail hostel,
      probation hostel, approved premises, immigration removal centre, detention centre, borstal`,
  },
  {
    category: 'offence',
    contexts: ['provider'],
    phrases: 'youth offending, youth justice, probation, offender learning, offender education',
  },
  {
    category: 'offence',
    contexts: ['subject'],
    phrases: `
      offending behaviour, for offenders, for ex offenders, for young offenders, for prisoners,
      in prison, in prisons, release from prison, resettlement from custody, victim awareness course`,
  },
  {
    category: 'religion',
    contexts: ['text'],
    phrases: `
      atheist, baptised, bar mitzvah, bat mitzvah, buddhist, catholic, christian, attends church,
      goes to church, church attendance, churchgoer, evangelical, halal, hijab, hindu,
      jehovahs witness, jehovahs witnesses, jew, jewish, kosher, methodist, mormon, mosque, muslim,
      muslims, pagan, prayer, prayers, prays, quaker, ramadan, religion, religious,
      seventh day adventist, sikh, synagogue, yom kippur`,
  },
  {
    category: 'religion',
    contexts: ['provider'],
    phrases: `
      bible college, theological college, theological seminary, seminary, yeshiva, yeshivah, madrasah,
      madrasa, madrassah, darul uloom, rabbinical`,
  },
  {
    category: 'religion',
    contexts: ['subject'],
    phrases: `
      preparation for baptism, confirmation class, confirmation classes, lay preacher, lay preachers,
      for catechists, for ordination`,
  },
  {
    category: 'union',
    contexts: ['text'],
    phrases: `
      trade union, trade unions, union member, union membership, union rep, union reps,
      union representative, union representatives, union learning representative, union branch,
      union dues, union subscription, unison, gmb, nasuwt, usdaw, shop steward, shop stewards, tuc,
      unite the union, member of unite, picket line, industrial action, on strike`,
  },
  {
    category: 'union',
    contexts: ['provider'],
    phrases: `
      trade union, trade unions, tuc, unison, unionlearn, unite the union, gmb, usdaw, nasuwt,
      national education union, communication workers union`,
  },
  {
    category: 'union',
    contexts: ['subject'],
    phrases: `
      union rep, union reps, union representative, union representatives, union learning reps,
      union learning representatives, shop stewards, for trade union, tuc`,
  },
  {
    category: 'ethnic-origin',
    contexts: ['text'],
    phrases: `
      ethnic origin, ethnicity, ethnic group, ethnic minority, ethnic background, racial origin,
      black african, black caribbean, black british, african caribbean, afro caribbean, asian british,
      british asian, white british, white irish, mixed race, bame, person of colour, gypsy, gypsies,
      irish traveller, irish travellers, traveller community, traveller family, traveller site,
      roma family, roma community, is roma, african origin, asian origin, indian origin,
      pakistani origin, bangladeshi origin, chinese origin, arab origin, caribbean origin,
      asylum seeker, asylum seekers, refugee, refugees`,
  },
  {
    category: 'ethnic-origin',
    contexts: ['provider', 'address'],
    phrases: `
      traveller education, travellers education, gypsy, gypsies, roma education, traveller site,
      travellers site, refugee council, refugee education, asylum accommodation`,
  },
  {
    category: 'ethnic-origin',
    contexts: ['subject'],
    phrases:
      'for refugees, for asylum seekers, for gypsies, for travellers, for traveller learners',
  },
];

/** Phrases with such a word in them that say nothing of the kind. */
export const allowedEnglish = `
  health and safety, great depression, cancer research, disability confident, disability awareness,
  deaf awareness, diagnosis of learning, diagnosis of skills, initial diagnosis,
  allergy advice, allergy awareness, mental health first aid, mental health first aider,
  no offence, with conviction, prison officer, prison officers, prison service,
  prison and probation service, working with offenders, working with young offenders,
  managing offenders, child in custody of, children in custody of, religious studies,
  religious education, philosophy religion, religion and philosophy, catholic school,
  catholic primary school, catholic high school, catholic secondary school, catholic college,
  catholic sixth form, catholic academy, christian name, christian names, known as christian,
  called christian, named christian, christian brothers, in unison, students union, student union,
  credit union, rugby union, european union, gypsy moth, gypsy lane, prison lane, prison road,
  old prison, charged with electricity`;

import type { WordGroup } from './wordGroup.js';

/** Welsh words and phrases, with the forms that their first letters take. See `standardWords`. */
export const welshWords: readonly WordGroup[] = [
  {
    category: 'health',
    contexts: ['text'],
    phrases: `
      awtistiaeth, awtistig, epilepsi, canser, ganser, nghanser, chanser, diabetes, clefyd siwgr,
      chlefyd siwgr, iselder, gorbryder, orbryder, anabledd, anableddau, hanabledd, anabl, byddar,
      fyddar, asthma, dyslecsia, ddyslecsia, dyslecsig, ddyslecsig, dyspracsia, ddyspracsia,
      iechyd meddwl, salwch meddwl, afiechyd, hunan niweidio, hunanladdiad, cadair olwyn,
      gadair olwyn, beichiog, feichiog, meddyginiaeth, feddyginiaeth, triniaeth feddygol,
      driniaeth feddygol, thriniaeth feddygol, am driniaeth, yn yr ysbyty, apwyntiad ysbyty,
      anghenion dysgu ychwanegol, anghenion arbennig, anawsterau dysgu, nam ar y golwg,
      nam ar y clyw, cemotherapi, sgitsoffrenia, anhwylder bwyta, camddefnyddio sylweddau, seiciatrydd`,
  },
  {
    category: 'health',
    contexts: ['provider'],
    phrases: `
      ysgol ysbyty, ysgol yr ysbyty, addysg ysbyty, tiwtora ysbyty, ysgol y byddar, ysgol i r byddar,
      ysgol y deillion, ysgol arbennig, uned iechyd meddwl, uned glasoed, hosbis, anghenion meddygol`,
  },
  {
    category: 'health',
    contexts: ['address'],
    phrases: 'uned iechyd meddwl, hosbis, ysbyty seiciatrig, uned seiciatrig',
  },
  {
    category: 'health',
    contexts: ['subject'],
    phrases: `
      i ddysgwyr ag, i ddysgwyr gydag, i bobl fyddar, i bobl ddall, ymdopi a gorbryder,
      ymdopi ag iselder, byw gydag epilepsi`,
  },
  {
    category: 'offence',
    contexts: ['text'],
    phrases: `
      carchar, garchar, ngharchar, charchar, carcharor, garcharor, carcharorion, garcharorion,
      carcharwyd, trosedd, drosedd, throsedd, troseddau, troseddwr, droseddwr, troseddwyr, droseddwyr,
      troseddu, droseddu, euogfarn, euogfarnau, ar fechniaeth, ar remand, arestio, arestiwyd,
      llys ynadon, lys ynadon, llys y goron, lys y goron, llys ieuenctid, lys ieuenctid,
      gwasanaeth prawf, wasanaeth prawf, swyddog prawf, gorchymyn llys, dedfryd, dedfrydwyd,
      cofnod troseddol, rhybudd gan yr heddlu, yn y ddalfa`,
  },
  {
    category: 'offence',
    contexts: ['provider', 'address'],
    phrases: `
      carchar, garchar, ngharchar, carchardai, cef, carchar ei fawrhydi, troseddwyr ifanc,
      droseddwyr ifanc, canolfan hyfforddi ddiogel, cartref diogel i blant, uned ddiogel`,
  },
  {
    category: 'offence',
    contexts: ['provider'],
    phrases: 'gwasanaeth prawf, troseddau ieuenctid, cyfiawnder ieuenctid',
  },
  {
    category: 'offence',
    contexts: ['subject'],
    phrases: `
      ymddygiad troseddol, i droseddwyr, i garcharorion, yn y carchar, mewn carchar,
      rhyddhau o r carchar`,
  },
  {
    category: 'religion',
    contexts: ['text'],
    phrases: `
      anffyddiwr, bedyddiwyd, bwdhydd, cristion, gristion, catholig, gatholig, crefydd, grefydd,
      crefyddol, grefyddol, hindw, iddew, iddewig, iddewon, mwslim, fwslim, mwslimaidd, mosg, fosg,
      mynychu capel, mynychu eglwys, mynd i r capel, mynd i r eglwys, mynd i r mosg, synagog, sikh,
      tystion jehofa, gweddio, ymprydio`,
  },
  {
    category: 'religion',
    contexts: ['provider'],
    phrases: 'coleg diwinyddol, goleg diwinyddol, coleg beiblaidd, seminari, madrasa',
  },
  {
    category: 'religion',
    contexts: ['subject'],
    phrases: 'paratoi ar gyfer bedydd, dosbarth derbyn, pregethwyr lleyg, i r weinidogaeth',
  },
  {
    category: 'union',
    contexts: ['text'],
    phrases: `
      undeb llafur, undebau llafur, aelod o undeb, aelod undeb, aelodaeth undeb, cynrychiolydd undeb,
      gynrychiolydd undeb, cangen yr undeb, ar streic, gweithredu diwydiannol`,
  },
  {
    category: 'union',
    contexts: ['provider'],
    phrases: 'undeb llafur, undebau llafur, tuc cymru, undeb addysg cenedlaethol',
  },
  {
    category: 'union',
    contexts: ['subject'],
    phrases: `
      cynrychiolwyr undeb, gynrychiolwyr undeb, cynrychiolwyr undebau, gynrychiolwyr undebau,
      cynrychiolydd dysgu undeb`,
  },
  {
    category: 'ethnic-origin',
    contexts: ['text'],
    phrases: `
      tarddiad ethnig, darddiad ethnig, ethnigrwydd, grwp ethnig, cefndir ethnig, gefndir ethnig,
      lleiafrif ethnig, leiafrif ethnig, sipsi, sipsiwn, teithwyr gwyddelig, cymuned teithwyr,
      ceisiwr lloches, geisiwr lloches, ceiswyr lloches, ffoadur, ffoaduriaid`,
  },
  {
    category: 'ethnic-origin',
    contexts: ['provider', 'address'],
    phrases: 'addysg teithwyr, sipsiwn, safle teithwyr, cyngor ffoaduriaid',
  },
  {
    category: 'ethnic-origin',
    contexts: ['subject'],
    phrases: 'i ffoaduriaid, i geiswyr lloches, i sipsiwn, i deithwyr',
  },
];

/** Phrases with such a word in them that say nothing of the kind. */
export const allowedWelsh = `
  iechyd a diogelwch, astudiaethau crefyddol, addysg grefyddol, astudiaethau crefydd,
  swyddog carchar, swyddogion carchar, gwasanaeth carchardai, ysgol gatholig, ysgol gynradd gatholig,
  ysgol uwchradd gatholig, coleg catholig, gweithio gyda throseddwyr, undeb rygbi,
  undeb credyd, undeb myfyrwyr, heol y carchar, lon y carchar, yr hen garchar,
  ymwybyddiaeth o anabledd, ymwybyddiaeth byddar, cymorth cyntaf iechyd meddwl`;

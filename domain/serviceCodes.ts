/** What a code of the service means, and in whose integration with it the code was seen. */
type CodeEntry = { readonly meaning: string; readonly source: string };

// Management-information systems' integrations (Sunesis, ebs, the apprenticeship service's learner
// verification), and the sample answers of a public API client.
const [EBS, SAMPLES, VERIFICATION] = [
  'ebs integration',
  'recorded sample answers',
  'learner verification integration',
] as const;

/**
 * The answer codes of the Learning Records Service that stand in its public integrations: WSRC for the
 * register, WSVRC for a verification, VRF for a comparison that failed in one, WSEC for an error. Our
 * answers carry the code that the service would give. Those of what is not built here are listed too,
 * so that a code in a letter or a log can be read.
 */
export const serviceCodes = {
  WSRC0001: { meaning: 'no match', source: EBS },
  WSRC0002: { meaning: 'too many matches', source: EBS },
  WSRC0003: { meaning: 'possible matches', source: EBS },
  WSRC0004: { meaning: 'exact match', source: EBS },
  WSRC0005: { meaning: 'learner registered', source: EBS },
  WSRC0006: { meaning: 'learner updated', source: EBS },
  WSRC0007: { meaning: 'batch submitted', source: EBS },
  WSRC0008: { meaning: 'batch incomplete', source: EBS },
  WSRC0009: { meaning: 'batch successful', source: EBS },
  WSRC0010: { meaning: 'batch failed', source: EBS },
  WSRC0013: { meaning: 'learner updated since last obtained', source: EBS },
  WSRC0014: { meaning: 'invalid change of ability to share', source: EBS },
  WSRC0015: { meaning: 'insufficient data', source: EBS },
  WSRC0017: { meaning: 'record count incorrect', source: EBS },
  WSRC0018: { meaning: 'unknown job', source: EBS },
  WSRC0019: { meaning: 'ULN not found for update', source: EBS },
  WSRC0020: { meaning: 'no changes found', source: EBS },
  WSRC0021: { meaning: 'learner could not be registered', source: EBS },
  WSRC0022: { meaning: 'master record substituted for the learner', source: EBS },
  WSRC0023: { meaning: 'ULNs for the report not found', source: EBS },
  WSRC0024: { meaning: 'no ULNs for the report', source: EBS },
  WSRC0030: { meaning: 'record count of the verification batch incorrect', source: EBS },
  WSRC0043: {
    meaning: 'awarding organisation not configured to submit achievement batches',
    source: EBS,
  },
  WSVRC001: { meaning: 'match', source: VERIFICATION },
  WSVRC002: { meaning: 'match with a linked learner', source: VERIFICATION },
  WSVRC003: { meaning: 'similar match', source: VERIFICATION },
  WSVRC004: { meaning: 'similar match with a linked learner', source: VERIFICATION },
  WSVRC005: { meaning: 'learner does not match', source: VERIFICATION },
  WSVRC006: { meaning: 'ULN not found', source: VERIFICATION },
  VRF1: { meaning: 'given name is not the given name', source: VERIFICATION },
  VRF2: { meaning: 'given name is not the family name', source: VERIFICATION },
  VRF3: { meaning: 'given name is not the previous family name', source: VERIFICATION },
  VRF4: { meaning: 'family name is not the given name', source: VERIFICATION },
  VRF5: { meaning: 'family name is not the family name', source: VERIFICATION },
  VRF6: { meaning: 'family name is not the previous family name', source: VERIFICATION },
  VRF7: { meaning: 'date of birth differs', source: VERIFICATION },
  VRF8: { meaning: 'gender differs', source: VERIFICATION },
  WSEC0001: { meaning: 'invalid request', source: EBS },
  WSEC0002: { meaning: 'unknown request', source: EBS },
  WSEC0003: { meaning: 'unknown organisation', source: EBS },
  WSEC0004: { meaning: 'out of hours', source: EBS },
  WSEC0005: { meaning: 'incorrect password', source: EBS },
  WSEC0006: { meaning: 'insufficient access', source: EBS },
  WSEC0044: { meaning: 'e-mail address not valid', source: EBS },
  WSEC0045: { meaning: 'submission type not valid', source: EBS },
  WSEC0046: { meaning: 'too many achievements', source: EBS },
  WSEC0047: { meaning: 'at least one achievement required', source: EBS },
  WSEC0136: { meaning: 'supplied ULN invalid', source: EBS },
  WSEC0206: { meaning: 'learner has not opted to share data', source: SAMPLES },
  WSEC0208: { meaning: 'learner could not be verified', source: SAMPLES },
  WSEC0999: { meaning: 'unknown exception', source: EBS },
} as const satisfies Readonly<Record<string, CodeEntry>>;

/** A code of the service. */
export type ServiceCode = keyof typeof serviceCodes;
/** A comparison that failed in a verification. */
export type FailureFlag = Extract<ServiceCode, `VRF${number}`>;

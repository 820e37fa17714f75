/**
 * Somebody's answer as JSON, without the tags of learners' streams: beside its ULN a tag would name the
 * learner wherever else it stands, in the access ledger for one.
 */
export function untaggedJson(answer: object): string {
  return JSON.stringify(answer, (name, value: unknown) => (name === 'stream' ? undefined : value));
}

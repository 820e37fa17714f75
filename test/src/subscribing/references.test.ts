import fc from 'fast-check';
import { headers } from 'nats';
import { describe, expect, test } from 'vitest';
import { MessageKind, typeOfKind } from '../../../domain/subscriber/message.js';
import { fromBinary, toBinary } from '../../../src/subscribing/binaryMode.js';
import { createReferences } from '../../../src/subscribing/references.js';
import { openSetting } from '../access/setting.js';

const PLACE = {
  stream: 'learner-1abcdefghijklmnopqrstuvwxy',
  version: 3,
  id: '6f0d3c52-4b1e-4a57-9d38-0c2f7e91ab20',
};

describe('references', () => {
  test('are the same whenever they are made, and others for another subscriber or key', async () => {
    const { vault } = (await openSetting()).ledger.parts;
    const make = (subscriber: string) => createReferences(vault, { subscriber, generation: 1 });
    expect(make('one').learner(PLACE.stream)).toBe(make('one').learner(PLACE.stream));
    expect(make('one').dataref(PLACE)).toBe(make('one').dataref(PLACE));
    expect(make('two').learner(PLACE.stream)).not.toBe(make('one').learner(PLACE.stream));
    expect(make('one').learner(PLACE.stream)).not.toContain(PLACE.stream.slice(9));
  });

  test('lead back to their event, for their subscriber alone', async () => {
    const { vault } = (await openSetting()).ledger.parts;
    const [one, two] = ['one', 'two'].map((subscriber) =>
      createReferences(vault, { subscriber, generation: 1 }),
    );
    const dataref = one?.dataref(PLACE) ?? '';
    expect(one?.placeOf(dataref)).toEqual(PLACE);
    const altered = `${dataref.slice(0, -2)}AA`;
    for (const wrong of [dataref.slice(0, -4), altered, 'plr:event:', 'x', `${dataref}AAAA`]) {
      expect(() => one?.placeOf(wrong)).toThrow(/expected the dataref/);
    }
    expect(() => two?.placeOf(dataref)).toThrow(/expected the dataref/);
  });
});

describe('binary mode', () => {
  const reference = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
    minLength: 26,
    maxLength: 26,
  });
  const message = fc
    .record({
      kind: fc.constantFrom('sharing.withdrawn' as const, 'sharing.restored' as const),
      id: fc.uuid(),
      learner: reference,
      number: fc.nat(),
    })
    .map(({ kind, id, learner, number }) => ({
      specversion: '1.0' as const,
      id,
      source: '//test.invalid/2026',
      type: typeOfKind(kind),
      subject: learner,
      time: '2026-09-01T09:00:00.000Z' as never,
      datacontenttype: 'application/json' as const,
      dataref: `plr:event:${'A'.repeat(80)}`,
      position: `memory.${number + 1}.0123456789abcdef`,
      kind,
      data: { learner },
    }));

  test('reads what it wrote', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const { headers: written, body } = toBinary(sent);
        expect(fromBinary(written, body)).toEqual(sent);
      }),
    );
  });

  test.each<[string, (write: ReturnType<typeof headers>) => void, string]>([
    ['without an id', (write) => write.delete('ce-id'), '{}'],
    ['of another version', (write) => write.set('ce-specversion', '0.3'), '{}'],
    ['of an unknown kind', (write) => write.set('ce-type', 'plr.v1.learner.hired'), '{}'],
    ['with other data', () => undefined, '{"learner":"x"}'],
    ['with more data', () => undefined, `{"learner":"${'a'.repeat(26)}","uln":"1000000043"}`],
    ['without JSON', () => undefined, 'no JSON'],
  ])('takes no message %s', (_, change, body) => {
    const [sent] = fc.sample(message, { numRuns: 1, seed: 1 });
    if (sent === undefined) {
      throw new Error('expected a sample');
    }
    const { headers: written } = toBinary(sent);
    change(written);
    expect(fromBinary(written, Buffer.from(body))).toBeNull();
  });

  test('knows every kind', () => {
    expect(MessageKind.options.map(typeOfKind)).toHaveLength(8);
    expect(fromBinary(headers(), Buffer.alloc(0))).toBeNull();
  });
});

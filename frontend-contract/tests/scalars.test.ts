import { describe, expect, it } from 'vitest';
import * as s from '../src/scalars.ts';

describe('decimals', () => {
  it('are exact where numbers are not', () => {
    expect(s.addDecimals('0.1', '0.2')).toBe('0.3');
    expect(s.sumDecimals(['9007199254740993', '0.000000001', '-1'])).toBe('9007199254740992.000000001');
    expect(s.subtractDecimals('0.10', '0.35')).toBe('-0.25');
    expect(s.multiplyDecimals('-0.007', '2140')).toBe('-14.980');
  });

  it.each([
    ['185.205', 2, '185.21'],
    ['-0.005', 2, '-0.01'],
    ['0.0049', 2, '0.00'],
    ['7', 2, '7.00'],
    ['-1.4', 0, '-1'],
  ])('%s to %i places is %s', (value, places, rounded) => {
    expect(s.roundDecimal(value, places)).toBe(rounded);
  });

  it('are compared by value', () => {
    expect(['10', '9.9', '-1', '9.90'].sort(s.compareDecimals)).toEqual(['-1', '9.9', '9.90', '10']);
    expect(s.ratio('1', '0.00')).toBeNull();
    expect(s.ratio('1', '4')).toBe(0.25);
  });

  it.each(['', '1e3', 'NaN', '1.', '.5', '0x1', '1,000'])('refuses %j', (value) => {
    expect(() => s.addDecimals(value, '1')).toThrow(TypeError);
  });
});

it('takes large integers as text', () => {
  expect(s.toBigInt('9007199254740993') - s.toBigInt(1)).toBe(9007199254740992n);
});

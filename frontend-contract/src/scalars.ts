/** Custom scalars as they travel, and exact arithmetic with them. */

/** RFC 3339 with offset, always UTC. */
export type DateTime = string;
/** ISO 8601, such as `2026-11-22`. */
export type CalendarDate = string;
/** An exact decimal, such as `"185.20"`: money is never a binary floating-point number. */
export type Decimal = string;
/** A JSON number up to 2^53 − 1, beyond that a string. */
export type BigIntValue = number | string;

const FORM = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** A decimal as `digits` ÷ 10^`places`. */
interface Scaled {
  digits: bigint;
  places: number;
}

/** Throws a `TypeError` for what is not a decimal; exponents are not taken. */
function scaled(value: Decimal): Scaled {
  const match = FORM.exec(value);
  if (!match) throw new TypeError(`not a decimal: ${value}`);
  const fraction = match[3] ?? '';
  const digits = BigInt(match[2] + fraction);
  return { digits: match[1] === '-' ? -digits : digits, places: fraction.length };
}

const at = ({ digits, places }: Scaled, wanted: number): bigint => digits * 10n ** BigInt(wanted - places);

function written({ digits, places }: Scaled): Decimal {
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  const whole = text.slice(0, text.length - places);
  return `${digits < 0n ? '-' : ''}${whole}${places ? `.${text.slice(-places)}` : ''}`;
}

function together(a: Decimal, b: Decimal, join: (x: bigint, y: bigint) => bigint): Decimal {
  const [x, y] = [scaled(a), scaled(b)];
  const places = Math.max(x.places, y.places);
  return written({ digits: join(at(x, places), at(y, places)), places });
}

export const addDecimals = (a: Decimal, b: Decimal): Decimal => together(a, b, (x, y) => x + y);
export const subtractDecimals = (a: Decimal, b: Decimal): Decimal => together(a, b, (x, y) => x - y);
export const sumDecimals = (values: Iterable<Decimal>): Decimal => [...values].reduce(addDecimals, '0');

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y] = [scaled(a), scaled(b)];
  return written({ digits: x.digits * y.digits, places: x.places + y.places });
}

/** Negative, zero or positive, to sort by. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = [scaled(a), scaled(b)];
  const places = Math.max(x.places, y.places);
  const difference = at(x, places) - at(y, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** To so many places; a half goes away from zero, as on invoices. */
export function roundDecimal(value: Decimal, places: number): Decimal {
  const given = scaled(value);
  if (given.places <= places) return written({ digits: at(given, places), places });
  const unit = 10n ** BigInt(given.places - places);
  const half = given.digits < 0n ? -unit / 2n : unit / 2n;
  return written({ digits: (given.digits + half) / unit, places });
}

/** `part` ÷ `whole` for bars and percentages, not for further sums; null where `whole` is zero. */
export function ratio(part: Decimal, whole: Decimal): number | null {
  return compareDecimals(whole, '0') === 0 ? null : Number(part) / Number(whole);
}

export const toDate = (value: DateTime): Date => new Date(value);
export const toBigInt = (value: BigIntValue): bigint => BigInt(value);

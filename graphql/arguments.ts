import { badInput } from './errors.js';

/** Checks of what clients send. Each message names the argument, its value and what is legal. */

/** Arguments that many fields have, as they are described. */
export const SNAPSHOT = {
  nullable: true,
  description: 'Id of a snapshot, `<catalogue>/<number>`; null: the newest of the served catalogue.',
} as const;
export const FROM_YEAR = { nullable: true, description: 'First release year; null: no bound.' } as const;
export const TO_YEAR = { nullable: true, description: 'Last release year; null: no bound.' } as const;
export const AFTER = {
  nullable: true,
  description: 'Cursor: the films after it, of the same question in the same snapshot.',
} as const;
export const BEFORE = {
  nullable: true,
  description: 'Cursor: the films before it, of the same question in the same snapshot.',
} as const;
export const RUN_ID = { description: 'Id of a run, as `runs` and `startRun` give it.' } as const;

/** @throws BAD_USER_INPUT outside `from` to `to`. */
export function inRange(name: string, value: number, from: number, to: number): number {
  if (value >= from && value <= to) return value;
  throw badInput(`${name} is ${value}; legal is ${from} to ${to}.`);
}

/** `first` or `last`: 0 to 100, `byDefault` when it is missing or null. */
export function pageSize(name: string, value: number | null | undefined, byDefault: number): number {
  return value == null ? byDefault : inRange(name, value, 0, 100);
}

export function shortText(name: string, value: string | null | undefined, most = 200): void {
  if (value != null && value.length > most)
    throw badInput(`${name} has ${value.length} characters; legal are at most ${most}.`);
}

export function shortList(name: string, values: readonly string[] | null | undefined, most = 50): void {
  if (values == null) return;
  if (values.length > most)
    throw badInput(`${name} has ${values.length} entries; legal are at most ${most}.`);
  for (const value of values) shortText(`An entry of ${name}`, value);
}

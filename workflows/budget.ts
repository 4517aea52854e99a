/** The budget that a person may set, in requests per second. */
const RATE = { min: 0.1, max: 10_000 } as const;

/** Why a rate cannot be set; null when it can. */
export function wrongRate(ratePerSecond: unknown): string | null {
  if (typeof ratePerSecond === 'number' && ratePerSecond >= RATE.min && ratePerSecond <= RATE.max)
    return null;
  return `setRate takes requests per second from ${RATE.min} to ${RATE.max}, not ${ratePerSecond}`;
}

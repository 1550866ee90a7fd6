/** What a search says in one word. */

/** `incomplete` says that shards are missing: nobody was found, and yet it is not a "no hit". */
export const VERDICTS = ['hit', 'no-hit', 'incomplete'] as const
export type Verdict = (typeof VERDICTS)[number]

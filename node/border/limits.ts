/** Limits of an inspection, with unit and reason. */

/** Files of a chip together, bytes: a face, two fingers, small ones; four times a usual chip. */
export const CHIP_BYTES_MAX = 262_144

/** A zone has 90 characters; with spaces and ends of lines some writers make more of it. */
export const ZONE_CHARACTERS_MAX = 128

/** Least quality, of 100, at which a print that does not match says something of the person. */
export const LIVE_QUALITY_MIN = 25

/** How long the prints of a chip may take, ms: two images take a fraction of a second. */
export const CHIP_PRINTS_TIMEOUT_MS = 10_000

/** Random bytes that hide in the deed what was looked at. */
export const INSPECTION_NONCE_BYTES = 32

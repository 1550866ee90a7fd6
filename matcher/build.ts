/**
 * Which matcher made a score. A shard signs it, so that an auditor replays an answer with the same
 * descriptor, record, weights and choice of whom to compare precisely; it changes whenever any of
 * them does.
 */
import { PACKED_VERSION } from './packed.ts'

/** Of how candidates are chosen and scores are fused, whatever the record. */
const SEARCH_VERSION = 3

export const MATCHER_BUILD = `tamga-matcher/${PACKED_VERSION}.${SEARCH_VERSION}`

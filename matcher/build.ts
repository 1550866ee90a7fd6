/**
 * Which matcher made a score. A shard signs it, so that an auditor replays an answer with the same
 * descriptor, record and weights; it changes whenever any of them does.
 */
import { PACKED_VERSION } from './packed.ts'

export const MATCHER_BUILD = `tamga-matcher/${PACKED_VERSION}`

/**
 * The digests that parts' roots of scores were made of, for as long as whoever asked for a part may
 * want to see them: the newest ones, in memory.
 */
import { toHex } from '../../crypto/bytes.ts'
import type { OpenedScores } from '../../protocol/message/scores.ts'
import { SCORE_DIGESTS_KEPT_MAX } from '../limits.ts'

interface Kept {
  /** The node that asked for the part: nobody else may see them. */
  readonly asker: string
  readonly scores: readonly OpenedScores[]
}

export class KeptScores {
  /** By digest of the part, the oldest first. */
  readonly #parts = new Map<string, Kept>()
  #digests = 0

  keep(part: Uint8Array, kept: Kept): void {
    this.#parts.set(toHex(part), kept)
    this.#digests += countOf(kept)
    for (const [key, oldest] of this.#parts) {
      if (this.#digests <= SCORE_DIGESTS_KEPT_MAX || this.#parts.size === 1) return
      this.#parts.delete(key)
      this.#digests -= countOf(oldest)
    }
  }

  /** Undefined where they are not here, or not any more, or were never for this node. */
  of(part: Uint8Array, asker: string): readonly OpenedScores[] | undefined {
    const kept = this.#parts.get(toHex(part))
    return kept?.asker === asker ? kept.scores : undefined
  }
}

/** A part without any is kept too, and must not be kept for ever. */
function countOf({ scores }: Kept): number {
  return scores.reduce((sum, { digests }) => sum + digests.length, 1)
}

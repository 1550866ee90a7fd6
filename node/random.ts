/** Randomness, handed in like time. Keys, salts and handles come from here and nowhere else. */
import { randomBytes } from 'node:crypto'

export interface Random {
  /** Fresh, unpredictable bytes that the caller owns. */
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
}

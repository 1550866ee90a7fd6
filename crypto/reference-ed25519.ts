/**
 * Ed25519 by TweetNaCl: the second opinion that the fast one is tested against, and the one that
 * runs where there is no node:crypto. Same profile, same verdicts, same signatures.
 */
import nacl from 'tweetnacl'
import { fitsProfile } from './ed25519-profile.ts'

/** 64 bytes by `seed` (32 bytes) over `message`. Throws `Error` on a seed of another length. */
export function referenceSign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return nacl.sign.detached(message, nacl.sign.keyPair.fromSeed(seed).secretKey)
}

/** As `verifySignature` of `ed25519.ts`: trusts nothing, never throws. */
export function referenceVerify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return (
    fitsProfile(publicKey, signature) && nacl.sign.detached.verify(message, signature, publicKey)
  )
}

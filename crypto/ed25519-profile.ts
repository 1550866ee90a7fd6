/**
 * What every verifier of ours agrees on before it looks at a curve point.
 *
 * Libraries differ on crafted signatures, and nodes that differ on one signature end up with two
 * registers. The profile: 64 bytes, S below the group order (RFC 8032 §5.1.7; without it anybody
 * can make a second valid signature from a first), then the cofactorless equation with R compared
 * as bytes, which OpenSSL and TweetNaCl share. A golden file in the tests freezes the accepted set.
 *
 * Imports nothing, so that a browser can use it.
 */
export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
export const SEED_BYTES = 32
/** TweetNaCl's layout: the seed, then the public key. */
export const SECRET_KEY_BYTES = 64

/** Offset of S, the scalar half of a signature, little-endian. */
const SCALAR_OFFSET = 32

/** The group order L = 2^252 + 27742317777372353535851937790883648493, little-endian. */
const ORDER = new Uint8Array([
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
])

/** Whether lengths and scalar are as the profile demands; the curve equation is still to check. */
export function fitsProfile(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === PUBLIC_KEY_BYTES &&
    signature.length === SIGNATURE_BYTES &&
    isBelowOrder(signature.subarray(SCALAR_OFFSET))
  )
}

function isBelowOrder(scalar: Uint8Array): boolean {
  for (let at = ORDER.length - 1; at >= 0; at -= 1) {
    const difference = (scalar[at] ?? 0) - (ORDER[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

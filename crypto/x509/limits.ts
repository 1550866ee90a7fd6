/** Limits of keys, certificates and lists, whoever made them. */

/** One certificate, bytes: real ones have one to three thousand. */
export const CERTIFICATE_BYTES_MAX = 16_384

/** A revocation list, bytes: that of a state that once revoked tens of thousands of signers. */
export const REVOCATION_LIST_BYTES_MAX = 4_194_304

/** Signed data, bytes: a list of all certificate authorities has about a million. */
export const SIGNED_DATA_BYTES_MAX = 8_388_608

/**
 * Bits of an RSA modulus: a chip's own key may still be as short (ICAO Doc 9303 part 12 §4.4.1).
 */
export const RSA_BITS_MIN = 1_024

/** Bits of an RSA modulus that signs documents or certificates: shorter ones can be factored. */
export const RSA_SIGNER_BITS_MIN = 2_048

/** Bits of an RSA modulus: verifying takes longer than its square, and nobody uses more. */
export const RSA_BITS_MAX = 8_192

/** Bits of a public exponent: with more a verification takes seconds. */
export const RSA_EXPONENT_BITS_MAX = 64

/** Attributes of a name, and attributes signed with a message: real ones have under ten. */
export const ATTRIBUTES_MAX = 64

/** Extensions of a certificate: real ones have about ten. */
export const EXTENSIONS_MAX = 64

/** Bytes of salt under an RSASSA-PSS signature: a hash's length, as a rule. */
export const SALT_BYTES_MAX = 512

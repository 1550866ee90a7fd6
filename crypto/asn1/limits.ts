/** Limits of what is read as ASN.1, whoever wrote it. */

/**
 * Indefinite lengths in one another: signed data has five, and each level is gone through again.
 */
export const INDEFINITE_DEPTH_MAX = 16

/**
 * Elements side by side: a list of all the certificate authorities there are, or a revocation list.
 */
export const SIBLINGS_MAX = 65_536

/** Bytes of a tag: those of a chip's files have two. */
export const TAG_BYTES_MAX = 3

/** Bytes of a length: a file of 4 GiB is read nowhere. */
export const LENGTH_BYTES_MAX = 4

/**
 * Bytes of an integer that is taken as a number of its own: a modulus of 16,384 bits and a sign.
 */
export const INTEGER_BYTES_MAX = 2_049

/** Bytes of an object identifier: those in use have some ten. */
export const OID_BYTES_MAX = 64

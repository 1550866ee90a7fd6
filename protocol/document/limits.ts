/** Limits of what is read from a chip, or beside one. */

/** One file of a chip, bytes: a face in colour is some 20 KiB, ten fingers would be 160 KiB. */
export const CHIP_FILE_BYTES_MAX = 262_144

/** Characters of a machine readable zone: 90, with ends of lines and room. */
export const ZONE_CHARACTERS_MAX = 128

/** Biometric templates in one data group: two irises, two fingers, a few faces. */
export const TEMPLATES_MAX = 16

/** Fields in a template's header: CBEFF has ten. */
export const HEADER_FIELDS_MAX = 16

/** Images in one record of a finger: there is one as a rule. */
export const VIEWS_MAX = 16

/** Security infos in data group 14: a chip offers a few protocols, each with its parameters. */
export const SECURITY_INFOS_MAX = 64

/**
 * Certificates that a document carries and that are looked at: the signer’s, and its authority’s.
 */
export const CERTIFICATES_MAX = 8

/** Authorities that are believed at once: every state has a few, of which some are retired. */
export const AUTHORITIES_MAX = 4_096

/** Steps from a document's signer to an authority that is believed: link certificates between. */
export const PATH_STEPS_MAX = 8

/**
 * Signatures verified while a path is sought, so that no list of look-alikes keeps anybody busy.
 */
export const PATH_TRIES_MAX = 256

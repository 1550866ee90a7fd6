/** Limits of connections with certificates, with unit and reason. */

/** How long the registry's own authority holds, days: its key never leaves its place. */
export const AUTHORITY_DAYS = 3_650

/** How long a certificate holds, days, if nobody says otherwise: a lost one ends by itself. */
export const CERTIFICATE_DAYS = 90

/** The longest that one may hold, days. */
export const CERTIFICATE_DAYS_MAX = 397

/** A certificate begins so long before it is signed, ms: clocks are not all set well. */
export const BACKDATED_MS = 3_600_000

/** Random bytes of a serial number: never the same twice. */
export const SERIAL_BYTES = 16

/** Addresses of one node: a few networks, each with a name and a number. */
export const ADDRESSES_MAX = 16

/** A key, its certificate and the authority's, in PEM, bytes. */
export const IDENTITY_BYTES_MAX = 65_536

/** How long a handshake may take, ms: two round trips over the worst of lines. */
export const HANDSHAKE_MS_MAX = 10_000

/** How long a connection without a request is kept, ms: a node has a place for some hundreds. */
export const IDLE_MS_MAX = 4_000

/** How long a node may be silent, ms: longer than the longest that it keeps a silent connection. */
export const SILENCE_MS_MAX = 120_000

/** Asking a node for its logs as an auditor: a deed, and the token that it commits to. */
import { toBase64, toHex } from '../../crypto/bytes.ts'
import { copyDigest } from '../../protocol/deed.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import { systemClock } from '../clock.ts'
import { systemRandom } from '../random.ts'
import { signedBodyOf } from '../post/request.ts'
import { prepare } from './signing.ts'

const TOKEN_BYTES = 32

/** What an auditor says of themself; needed of nodes, and of no folder. */
export interface AuditorOptions {
  readonly officer?: string
  readonly credential?: string
  readonly post?: string
  readonly case?: string
  readonly basis?: string
  readonly tls?: string
}

/**
 * Puts on record that the logs are copied, and returns the token that they are handed out upon.
 *
 * @throws Refused; TamgaError `unprocessable`: something is not said; `unreachable`
 */
export async function copyToken(url: string, options: AuditorOptions): Promise<string> {
  const { officer: key, credential, post, case: caseNumber, basis, tls } = options
  if (key === undefined || post === undefined || !caseNumber || !basis) {
    const lacking = 'to audit a node: --officer, --post, --case and --basis are needed'
    throw new TamgaError('unprocessable', lacking)
  }
  const asked = { url, officer: key, post, purpose: 'audit', case: caseNumber, basis } as const
  const files = { ...(credential && { credential }), ...(tls && { tls }) }
  const prepared = await prepare({ ...asked, ...files })
  const { client, officer, reasons } = prepared
  const token = systemRandom.bytes(TOKEN_BYTES)
  const deed = { type: 'log-copy', commitment: copyDigest(token) } as const
  const about = { ...reasons, at: systemClock.now(), handle: undefined }
  const signed = signDeed(deed, about, [officer])
  await client.deed('/v1/oversight/log-copies', {
    deed: toBase64(signed.deed),
    signatures: signed.signatures.map(signedBodyOf),
  })
  return toHex(token)
}

/** What a node finds on its own disk, as far as reading it is a function of bytes. */
import { concatBytes, toBase64, utf8 } from '../../crypto/bytes.ts'
import { parseKey } from '../../node/cli/key-file.ts'
import {
  decodeSlotHeader,
  encodeSlotHeader,
  isWholeSlot,
  SLOT_HEADER_BYTES,
} from '../../node/store/anchor-slot.ts'
import type { AnchorValue } from '../../node/store/anchor.ts'
import type { KeyMaterial } from '../../node/store/key-shelf.ts'
import { KEY_ID_BYTES, MATERIAL_BYTES } from '../../node/store/key-shelf.ts'
import { decodeSlot, encodeSlot } from '../../node/store/key-slot.ts'
import { nameOfHolder } from '../../node/tls/holder.ts'
import { identityText, readIdentity } from '../../node/tls/identity.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { authority, documentSigner, fixedSigner } from '../../test/crypto/support/certificates.ts'
import { bytesDecoder, refusal, textDecoder, type Decoder } from './decoder.ts'

const anchored: readonly AnchorValue[] = [
  { value: utf8(''), staged: utf8('') },
  { value: utf8('a checkpoint'), staged: utf8('') },
  { value: utf8('a checkpoint'), staged: utf8('entries on their way') },
]

export const DISK_DECODERS: readonly Decoder[] = [
  bytesDecoder({
    name: 'anchor-slot',
    covers: ['node/store/anchor-slot.ts#decodeSlotHeader'],
    seeds: () => anchored.map((value, at) => slot(BigInt(at + 1), value)),
    decode: (bytes) => {
      const header = bytes.subarray(0, SLOT_HEADER_BYTES)
      const decoded = decodeSlotHeader(header)
      if (!decoded) return undefined
      const behind = bytes.slice(SLOT_HEADER_BYTES)
      const value = behind.slice(0, decoded.valueBytes)
      const staged = behind.slice(decoded.valueBytes, decoded.valueBytes + decoded.stagedBytes)
      const isWhole = isWholeSlot(header, { value, staged })
      return isWhole ? { generation: decoded.generation, value, staged } : 'torn'
    },
    encode: (found) => {
      if (found === undefined) return new Uint8Array()
      return found === 'torn' ? TORN : slot(found.generation, found)
    },
    refuses: [refusal(TamgaError, 'storage')],
  }),
  bytesDecoder({
    name: 'key-slot',
    covers: ['node/store/key-slot.ts#decodeSlot'],
    seeds: () => [keyMaterial(), undefined].map((material) => encodeSlot({ id: KEY_ID, material })),
    decode: decodeSlot,
    encode: (found) => (found ? encodeSlot(found) : new Uint8Array()),
    refuses: [],
  }),
  textDecoder({
    name: 'key-file',
    covers: ['node/cli/key-file.ts#parseKey'],
    seeds: () => ['/ip4/10.0.0.1/tcp/9000', undefined].map(keyFile),
    decode: (text) => parseKey(utf8(text), 'node', 'it'),
    refuses: [refusal(TamgaError, 'malformed')],
    // What is no JSON is the parser's to say.
    isForeign: true,
  }),
  textDecoder({
    name: 'tls-identity',
    covers: ['node/tls/identity.ts#readIdentity', 'node/tls/pem.ts#fromPem'],
    seeds: () => {
      const root = authority()
      const about = { subject: nameOfHolder('korday') }
      const { certificate, signer } = documentSigner(root, fixedSigner('signer'), about)
      const key = signer.key.export({ type: 'pkcs8', format: 'pem' }).toString()
      return [identityText(key, certificate.raw, root.certificate.raw)]
    },
    decode: readIdentity,
    refuses: [refusal(TamgaError, 'malformed', 'conflict')],
  }),
]

/** A slot of which only the header got to the disk. */
const TORN = slot(1n, { value: utf8('a checkpoint'), staged: utf8('') }).slice(0, SLOT_HEADER_BYTES)

function slot(generation: bigint, content: AnchorValue): Uint8Array {
  return concatBytes(encodeSlotHeader(generation, content), content.value, content.staged)
}

const KEY_ID = new Uint8Array(KEY_ID_BYTES).fill(4)

function keyMaterial(): KeyMaterial {
  const parts = Object.entries(MATERIAL_BYTES).map(([part, length]) => {
    return [part, new Uint8Array(length).fill(length)] as const
  })
  return Object.fromEntries(parts) as unknown as KeyMaterial
}

function keyFile(address: string | undefined): string {
  const seed = toBase64(new Uint8Array(32).fill(9))
  const key = { format: 'tamga-key/v1', kind: 'node', name: 'astana', address, seed }
  return `${JSON.stringify(key, null, 2)}\n`
}

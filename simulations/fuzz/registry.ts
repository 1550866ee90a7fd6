/** Every decoder of bytes or text from a peer, a file or an API. A test holds it to the sources. */
import { ACCESS_DECODERS } from './access-decoders.ts'
import { AUDIT_DECODERS } from './audit-decoders.ts'
import type { Decoder } from './decoder.ts'
import { DISK_DECODERS } from './disk-decoders.ts'
import { DOCUMENT_DECODERS } from './document-decoders.ts'
import { EVIDENCE_DECODERS } from './evidence-decoders.ts'
import { FIELD_DECODERS } from './field-decoders.ts'
import { IMAGE_DECODERS } from './image-decoders.ts'
import { MESSAGE_DECODERS } from './message-decoders.ts'
import { NOTE_DECODERS } from './note-decoders.ts'
import { PROOF_DECODERS } from './proof-decoders.ts'
import { RECORD_DECODERS } from './record-decoders.ts'
import { REQUEST_DECODERS } from './request-decoders.ts'
import { SIGNED_DECODERS } from './signed-decoders.ts'
import { TEMPLATE_DECODERS } from './template-decoders.ts'

export const DECODERS: readonly Decoder[] = [
  ...NOTE_DECODERS,
  ...PROOF_DECODERS,
  ...RECORD_DECODERS,
  ...SIGNED_DECODERS,
  ...MESSAGE_DECODERS,
  ...EVIDENCE_DECODERS,
  ...TEMPLATE_DECODERS,
  ...IMAGE_DECODERS,
  ...DOCUMENT_DECODERS,
  ...AUDIT_DECODERS,
  ...ACCESS_DECODERS,
  ...DISK_DECODERS,
  ...REQUEST_DECODERS,
  ...FIELD_DECODERS,
]

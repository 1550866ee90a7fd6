/**
 * What is sealed of a person: the captured fingers, and what the officer stated about the person
 * when they were captured. Both as they were signed for.
 */
import { bytesUpTo, codec, record } from './codec.ts'
import { PAYLOAD_BYTES_MAX } from './payload.ts'
import { APPLICATION_BYTES_MAX } from './rules/application.ts'

export interface Dossier {
  readonly payload: Uint8Array
  readonly application: Uint8Array
}

export const DOSSIER_BYTES_MAX = PAYLOAD_BYTES_MAX + APPLICATION_BYTES_MAX + 64

const dossiers = codec(
  'dossier',
  DOSSIER_BYTES_MAX,
  record<Dossier>({
    payload: bytesUpTo(PAYLOAD_BYTES_MAX),
    application: bytesUpTo(APPLICATION_BYTES_MAX),
  }),
)

export const encodeDossier = dossiers.encode
export const decodeDossier = dossiers.decode

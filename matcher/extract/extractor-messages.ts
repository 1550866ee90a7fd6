/** What an extractor and its workers say to each other: one image, one answer. */
import type { InvalidImageCode } from '../image/invalid-image.ts'
import type { Print, PrintsOptions } from './prints.ts'

export interface ImageMessage {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly options: PrintsOptions
}

export type PrintsMessage =
  | { readonly kind: 'prints'; readonly prints: readonly Print[] }
  | { readonly kind: 'invalid'; readonly code: InvalidImageCode; readonly message: string }

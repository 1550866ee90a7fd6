/** One request on its way through an extractor. */
import type { Worker } from 'node:worker_threads'
import { InvalidImage } from '../image/invalid-image.ts'
import type { ExtractorError } from './extractor-error.ts'
import type { ImageMessage, PrintsMessage } from './extractor-messages.ts'
import type { Print, PrintsOptions } from './prints.ts'

export class Job {
  readonly byteCount: number
  readonly result: Promise<readonly Print[]>
  readonly #message: ImageMessage
  #resolve!: (prints: readonly Print[]) => void
  #reject!: (error: ExtractorError | InvalidImage) => void

  constructor({ bytes, dpi, raw, position }: PrintsOptions & { readonly bytes: Uint8Array }) {
    this.byteCount = bytes.length
    this.#message = { bytes: new Uint8Array(bytes), options: { dpi, raw, position } }
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Hands the bytes over: they are the worker's alone from then on. */
  post(worker: Worker): void {
    worker.postMessage(this.#message, [this.#message.bytes.buffer])
  }

  end(message: PrintsMessage): void {
    if (message.kind === 'prints') this.#resolve(message.prints)
    else this.#reject(new InvalidImage(message.code, message.message))
  }

  fail(error: ExtractorError): void {
    this.#reject(error)
  }
}

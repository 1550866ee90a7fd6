/** A worker's life: one image after another, and nothing of it is kept. */
import { parentPort } from 'node:worker_threads'
import { giveWay } from '../give-way.ts'
import { InvalidImage } from '../image/invalid-image.ts'
import type { ImageMessage, PrintsMessage } from './extractor-messages.ts'
import { printsOf } from './prints.ts'

giveWay()

parentPort?.on('message', (message: ImageMessage) => {
  parentPort?.postMessage(answer(message), [])
})

/** Anything but an image that is none is a fault of ours, and ends the worker. */
function answer({ bytes, options }: ImageMessage): PrintsMessage {
  try {
    return { kind: 'prints', prints: printsOf(bytes, options) }
  } catch (error) {
    if (!(error instanceof InvalidImage)) throw error
    return { kind: 'invalid', code: error.code, message: error.message }
  }
}

/** Reads templates and packs them. */
import { parentPort } from 'node:worker_threads'
import { PACKED_BYTES, pack } from '../../../matcher/packed.ts'
import { readTemplate } from '../../../matcher/template/read.ts'

export interface RebuildWork {
  readonly templates: readonly Uint8Array[]
}

parentPort?.on('message', ({ templates }: RebuildWork) => {
  const records = new Uint8Array(templates.length * PACKED_BYTES)
  for (const [at, template] of templates.entries()) {
    records.set(pack(readTemplate(template).views[0]!), at * PACKED_BYTES)
  }
  parentPort?.postMessage(records, [records.buffer])
})

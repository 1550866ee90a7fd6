import { readFileSync, readdirSync } from 'node:fs'
import { array, assert, constantFrom, nat, property, record, uint8Array } from 'fast-check'
import { suite } from 'uvu'
import { pack } from '../../../matcher/packed.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import { vector } from '../../support/data.ts'

const published = readdirSync(vector('minutiae-formats'))
  .filter((name) => name.endsWith('.dat') || name.startsWith('fmr.'))
  .map((name) => Uint8Array.from(readFileSync(vector('minutiae-formats', name))))

const promises = suite('whatever a stranger sends')

promises('every truncation of a published template is read or refused', () => {
  for (const bytes of published) {
    for (let length = 0; length < bytes.length; length += 1) readsOrRefuses(bytes.slice(0, length))
  }
})

promises('every single changed byte of a published template is read or refused', () => {
  for (const bytes of published) {
    for (let offset = 0; offset < bytes.length; offset += 1) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const copy = bytes.slice()
        copy[offset] = byte
        readsOrRefuses(copy)
      }
    }
  }
})

promises('many changed bytes, cut or extended, are read and packed, or refused', () => {
  const mutations = record({
    bytes: constantFrom(...published),
    changes: array(record({ at: nat(), byte: nat(255) }), { maxLength: 12 }),
    length: nat(1500),
  })
  assert(
    property(mutations, ({ bytes, changes, length }) => {
      const copy = new Uint8Array(Math.max(12, length))
      copy.set(bytes.subarray(0, copy.length))
      for (const { at, byte } of changes) copy[at % copy.length] = byte
      readsOrRefuses(copy, (view) => pack(view))
    }),
    { numRuns: 2000 },
  )
})

promises('noise behind a right header is read or refused', () => {
  const headers = constantFrom('FMR\0 20\0', 'FMR\x00030\0', 'FMR\x00035\0', 'FMR\x00020\0')
  assert(
    property(headers, uint8Array({ maxLength: 400 }), (header, noise) => {
      const bytes = Buffer.concat([Buffer.from(header, 'latin1'), noise])
      bytes.writeUInt32BE(bytes.length, Math.min(8, bytes.length - 4))
      readsOrRefuses(bytes)
    }),
    { numRuns: 2000 },
  )
})

promises.run()

/** Fails by any other error. */
function readsOrRefuses(bytes: Uint8Array, use: (view: FingerView) => void = () => {}): void {
  try {
    for (const view of readTemplate(bytes).views) use(view)
  } catch (error) {
    if (!(error instanceof InvalidTemplate)) throw error
  }
}
